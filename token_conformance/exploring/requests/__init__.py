"""Tries token requests that no scenario writes: a good one, changed in one way or several, judged by a table of clauses.

`mutations.toml` is that table. `searching.search_requests` gives what was found; hypothesis draws the changes and makes them
few, by numbers alone. Of no use to a plain run, which imports none of it but `found.py`.
"""
