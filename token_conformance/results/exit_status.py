"""The exit statuses that are not pytest's own alone."""

NO_SESSION = 3
"""There is no stored session to start from, or it cannot be used (pytest's own: an internal error)."""

USAGE_ERROR = 4
"""The command line, the profile, or the provider that it names, cannot be used: also where a login is refused."""

NOTHING_JUDGED = 5
"""Not one requirement could be judged (pytest's own: nothing ran)."""
