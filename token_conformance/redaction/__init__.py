"""The only door to disk and terminal: what may be written, and how.

Everybody who writes uses the `Redactor`; `visible` makes any text harmless. May import the exchanges of `wire/`,
`profile/` and `layout`.
"""

from token_conformance.redaction.exchanges import RedactedExchange
from token_conformance.redaction.redactor import Redactor

__all__ = ["RedactedExchange", "Redactor"]
