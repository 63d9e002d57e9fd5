"""A recording made elsewhere as what answers: its exchanges, how requests are known again, and a scenario's way through.

`server` is used by `servers/selection` and `running/captured`, `exchanges` and `endpoints` by `profile_writing/recordings`
too. May import what `servers/` may.
"""
