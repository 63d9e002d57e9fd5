"""The exit statuses that are not pytest's own alone."""

CANNOT_LOG_IN = 3
"""No user could be logged in: there is no session, or it cannot be used (pytest's own: an internal error)."""

USAGE_ERROR = 4
"""The command line, the profile, or the provider that it names, cannot be used."""

NOTHING_JUDGED = 5
"""Not one requirement could be judged (pytest's own: nothing ran)."""
