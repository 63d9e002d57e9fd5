"""Redaction: what may be written to a file or a terminal."""

from token_conformance.redaction.exchanges import RedactedExchange
from token_conformance.redaction.redactor import Redactor

__all__ = ["RedactedExchange", "Redactor"]
