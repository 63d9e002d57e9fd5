"""The claims that a profile can make, for those who only name them."""

from __future__ import annotations

from typing import Literal, get_args

Claim = Literal["oauth2", "oidc", "bcp", "oauth2.1", "fapi2"]
"""A set of requirements to which a provider is held; what each comprises stands in `judging/requirement.py`."""

CLAIMS: tuple[str, ...] = get_args(Claim)
