"""What answers: the live provider, a recording, or the reference server; also the rehearsal of a live run.

`selection` chooses for the plugin and the commands; each server offers the connections that `wire/` describes.
`emulated` alone may import `reference/`; all may import `judging/` (the catalogue) and what lies below.
"""
