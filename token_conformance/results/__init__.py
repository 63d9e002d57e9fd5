"""What a run found, as data: verdicts, to-dos, exit statuses. Reports and commands read it.

May import `running/` and what lies below.
"""
