"""How the server behaves: policies that conform by default, and what faults and variations change of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from token_conformance.reference.answer import AnswerChange
from token_conformance.reference.grant_policies import (
    CodePolicy,
    DevicePolicy,
    FrontDoorPolicy,
    PasswordPolicy,
    RefreshPolicy,
    ScopePolicy,
    TargetPolicy,
    TokenExchangePolicy,
)
from token_conformance.reference.policies import (
    AfterlifePolicy,
    AssertionPolicy,
    ClientPolicy,
    DPoPPolicy,
    MutualTLSPolicy,
    PublicationPolicy,
    RequestPolicy,
    ResourcePolicy,
    TokenPolicy,
)
from token_conformance.reference.unsigned import JWTChange

if TYPE_CHECKING:
    from token_conformance.reference.lapses import Lapse  # which knows the memory, and that the behaviour


@dataclass(frozen=True)
class Behaviour:
    """All policies of a server, its lapses, and what is done to its JWTs and answers at the last moment, in order."""

    refresh: RefreshPolicy = field(default_factory=RefreshPolicy)
    code: CodePolicy = field(default_factory=CodePolicy)
    front_door: FrontDoorPolicy = field(default_factory=FrontDoorPolicy)
    client: ClientPolicy = field(default_factory=ClientPolicy)
    assertion: AssertionPolicy = field(default_factory=AssertionPolicy)
    request: RequestPolicy = field(default_factory=RequestPolicy)
    scope: ScopePolicy = field(default_factory=ScopePolicy)
    token: TokenPolicy = field(default_factory=TokenPolicy)
    password: PasswordPolicy = field(default_factory=PasswordPolicy)
    device: DevicePolicy = field(default_factory=DevicePolicy)
    token_exchange: TokenExchangePolicy = field(default_factory=TokenExchangePolicy)
    target: TargetPolicy = field(default_factory=TargetPolicy)
    resource: ResourcePolicy = field(default_factory=ResourcePolicy)
    publication: PublicationPolicy = field(default_factory=PublicationPolicy)
    afterlife: AfterlifePolicy = field(default_factory=AfterlifePolicy)
    mutual_tls: MutualTLSPolicy = field(default_factory=MutualTLSPolicy)
    dpop: DPoPPolicy = field(default_factory=DPoPPolicy)
    lapses: tuple[Lapse, ...] = ()
    id_token_changes: tuple[JWTChange, ...] = ()
    access_token_changes: tuple[JWTChange, ...] = ()
    answer_changes: tuple[AnswerChange, ...] = ()


Change = Callable[[Behaviour], Behaviour]
"""What a fault or a variation does to the behaviour."""


def policy(topic: str, **changes: Any) -> Change:
    """A change of the policy of one topic: `policy("refresh", rotates=False)`."""
    return lambda behaviour: replace(behaviour, **{topic: replace(getattr(behaviour, topic), **changes)})


def id_tokens(change: JWTChange) -> Change:
    """A change of every ID token."""
    return lambda behaviour: replace(behaviour, id_token_changes=(*behaviour.id_token_changes, change))


def access_tokens(change: JWTChange) -> Change:
    """A change of every access token that is a JWT."""
    return lambda behaviour: replace(behaviour, access_token_changes=(*behaviour.access_token_changes, change))


def answers(change: AnswerChange) -> Change:
    """A change of every answer."""
    return lambda behaviour: replace(behaviour, answer_changes=(*behaviour.answer_changes, change))


def together(*changes: Change) -> Change:
    """Several changes, one after the other."""

    def changed(behaviour: Behaviour) -> Behaviour:
        for change in changes:
            behaviour = change(behaviour)
        return behaviour

    return changed
