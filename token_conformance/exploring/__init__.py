"""Searches for histories that no scenario asks for: what any client may do, in any order, judged by the oracle.

Of no use to a plain run, which imports none of it. `exploration.explore` gives what was found; the stories that it is made
of are numbers alone (`acts.py`), so that they can be kept without any token. May import `running/` and what lies below.
"""
