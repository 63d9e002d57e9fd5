"""Conformance tests for OAuth 2.0 and OpenID Connect token endpoints.

What a suite needs is here: `scenario` and `requirement` to declare it, `refusal` to judge an answer beside its
control, `Inconclusive` and `NotApplicable` to say why something was not judged.
"""

from token_conformance.judging import refusal
from token_conformance.requirement import requirement
from token_conformance.scenario import scenario
from token_conformance.verdict import Inconclusive, NotApplicable

__all__ = ["Inconclusive", "NotApplicable", "__version__", "refusal", "requirement", "scenario"]
__version__ = "0.1.0"
