"""What all tables of the profile have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """A table of the profile: no unknown keys, no later changes.

    What validates it is built when it is first needed: that of the profile holds those of all its tables.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
