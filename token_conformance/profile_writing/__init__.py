"""`token-conformance init`: a profile drafted from what a provider's metadata says, for its user to complete.

Used by the command alone, by the names below. May import `provider/` and what lies below.
"""

from token_conformance.profile_writing.draft import Draft, drafted, undiscovered
from token_conformance.profile_writing.metadata import Metadata, UnusableProviderError, issuer_of, read_metadata
from token_conformance.profile_writing.questions import completed
from token_conformance.profile_writing.writing import rendered, save

__all__ = [
    "Draft",
    "Metadata",
    "UnusableProviderError",
    "completed",
    "drafted",
    "issuer_of",
    "read_metadata",
    "rendered",
    "save",
    "undiscovered",
]
