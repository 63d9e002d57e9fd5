"""Why a recording cannot be replayed; known without whatever would replay it."""


class RecordingError(Exception):
    """A file that cannot be replayed: one sentence with file, place in the file and what was expected."""
