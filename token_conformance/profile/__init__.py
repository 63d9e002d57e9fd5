"""Who is tested, as data: profiles, read from TOML and validated, with the keys and certificates that they name.

Everybody may read `models` and `client`; `loading` is how a profile comes about. May import the words of `verdict`, and
`layout`. Nothing is imported here, so that a command which only lists profiles needs no validation.
"""
