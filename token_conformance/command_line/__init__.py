"""The command `token-conformance`: one room for each of its commands, opened when the command is given.

Nobody imports it but `__main__`. May import everything but the plugin, which pytest loads by its name.
"""
