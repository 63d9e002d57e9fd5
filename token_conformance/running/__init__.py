"""How a run goes: scenarios are declared, planned, gathered in rows, and become a record that never changes.

`scenario` is for suites, `run` and `record` for the plugin and the reports. May import `sessions/`, `provider/`,
`servers/` and what lies below.
"""
