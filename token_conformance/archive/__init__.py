"""What is kept of a run: its evidence, on disk as it comes.

Written by the plugin, read again by `servers/stored.py`. May import `results/` and what lies below.
"""
