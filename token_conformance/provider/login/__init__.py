"""How a user logs in: forms filled in page by page, a real browser, a device's verification page.

Only `provider/` and `running/` (which owns the browser) open this wing. May import `wire/`, `evidence/` and what lies below.
"""
