"""Certificates: a run's evidence, what was judged by it and what that claims, in one signed file that anyone can judge again.

Made and checked by the commands `certify`, `verify` and `show-exchange`; the file is described in `docs/certificates.md`.
May import `results/` and what lies below, and securesystemslib, which nobody else needs.
"""
