"""What an answer says: token responses, tokens, logins, rotation, lifetimes, and all answers of a run.

Pure: data in, data out. Suites may use all of it. May import `redaction/`, the exchanges of `wire/`, `profile/`.
"""
