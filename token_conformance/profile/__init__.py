"""Profiles: who is tested, as data."""

from token_conformance.profile.client import Client
from token_conformance.profile.fact import Fact
from token_conformance.profile.loading import ProfileError, check_requirements, examples, find, load, names, variables
from token_conformance.profile.models import Deviation, Profile
from token_conformance.profile.schema import json_schema

__all__ = [
    "Client",
    "Deviation",
    "Fact",
    "Profile",
    "ProfileError",
    "check_requirements",
    "examples",
    "find",
    "json_schema",
    "load",
    "names",
    "variables",
]
