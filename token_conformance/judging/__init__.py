"""What may be held against a server: requirements, refusals beside their controls, documented deviations, verdicts.

Pure: data in, judgements out. Suites may use all of it. May import `evidence/` and what lies below.
"""
