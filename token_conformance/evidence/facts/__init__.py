"""What was measured of a provider, judged or not: pure functions of the exchanges of a run, one for each fact.

May import `evidence/` and what lies below; nothing of suites: what was observed is read from requests and answers, so
that a recording tells the same.
"""
