"""What a run gathered, once and for all: checks and reports read it, and nothing writes to it any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from token_conformance.evidence.answers import Evidence
from token_conformance.profile.models import Profile
from token_conformance.provider.admission import Finding
from token_conformance.running.interruption import InterruptedRunError
from token_conformance.running.waiting import Waits
from token_conformance.verdict import NotJudged
from token_conformance.wire.allowance import Spent
from token_conformance.wire.connection import ServerKind
from token_conformance.wire.exchange import Exchange


# Without a repr: asyncio.run writes out what it gives at its end, for a message that it throws away, and this is long.
@dataclass(frozen=True, repr=False)
class Record:
    """The outcomes of a run's scenarios, and all exchanges in the order in which the scenarios ended.

    `outcomes` holds a transcript for each scenario, or the exception that says why there is none. `logins_of` counts
    the logins by scenario, `waits` tells what each let pass, `trouble` why the run could not do what it should, and
    `no_session` that it is the stored session for which it could not, and `stopped` after how many answers the provider
    stopped answering, if it did. `noticed` are ways of the provider that have
    changed how the run went, a sentence each; `authorizations` counts logins and those that asked for no password,
    `login_limit` is how many logins there may be, and `admitted` what was found out of how clients get in; `wrong_passwords`
    names the users for whom a wrong password was presented. `concerning` names the scenarios
    for which the profile has what they need, and `defect` says which defect of ours ended the run. `spent` are the limits of token requests that are known, and what is
    spent of them; where the provider allows no more, it makes sense to go on `again_from` then.
    `servers` tells by the name in its exchanges at which server a scenario was, where each row had one for itself. `doubtful` names those whose
    sessions somebody beside them may have ended: they prove nothing unless they run once more, alone. `from_elsewhere`
    says that the exchanges are those of a recording which was not made by this suite: nobody knows what is missing.
    """

    profile: Profile
    kind: ServerKind
    outcomes: Mapping[str, Any] = field(default_factory=dict)
    exchanges: tuple[Exchange, ...] = ()
    token_endpoint: str | None = None
    token_endpoint_alias: str | None = None
    logins_of: Mapping[str, int] = field(default_factory=dict)
    waits: Mapping[str, Waits] = field(default_factory=dict)
    trouble: str | None = None
    no_session: bool = False
    stopped: int | None = None
    noticed: tuple[str, ...] = ()
    authorizations: int = 0
    login_limit: int = 0
    wrong_passwords: frozenset[str] = frozenset()
    admitted: Mapping[tuple[str, str], Finding] = field(default_factory=dict)
    concerning: frozenset[str] = frozenset()
    defect: str | None = None
    spent: tuple[Spent, ...] = ()
    again_from: datetime | None = None
    servers: Mapping[str, int | str] = field(default_factory=dict)
    doubtful: frozenset[str] = frozenset()
    from_elsewhere: bool = False

    def transcript(self, scenario: str) -> Any:
        """What the scenario of that name returned.

        Raises:
            NotJudged: why it did not.
            ScenarioDefect: it raised something else.

        """
        outcome = self.outcomes[scenario]
        if isinstance(outcome, NotJudged):
            raise outcome.anew()
        if isinstance(outcome, Exception):
            raise ScenarioDefect(f"scenario {scenario}: {type(outcome).__name__}: {outcome}") from outcome
        return outcome

    @cached_property
    def evidence(self) -> Evidence:
        """All exchanges, for checks that hold wherever the token endpoint answers."""
        return Evidence(self.exchanges, self.token_endpoint, self.token_endpoint_alias)

    @property
    def how_far(self) -> str:
        """How many of the scenarios that concern the provider came to their end: `after 12 of 60 scenarios`."""
        ended = sum(not isinstance(self.outcomes.get(name), InterruptedRunError) for name in self.concerning)
        return f"after {ended} of {len(self.concerning)} scenario{'s' * (len(self.concerning) != 1)}"

    @property
    def broken_off(self) -> bool:
        """Whether the run ended before all of its scenarios had."""
        return self.defect is not None or any(isinstance(each, InterruptedRunError) for each in self.outcomes.values())

    @property
    def logins(self) -> int:
        """How often the run logged in."""
        return sum(self.logins_of.values())


class ScenarioDefect(Exception):  # noqa: N818 - a defect is the word for an error of ours
    """A scenario raised something that is no verdict: a defect of the suite."""
