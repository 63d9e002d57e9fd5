"""What waits for an expiry longer than any run: the scenarios of a profile that were stopped at a wait, until they go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    ValidationError,
    field_validator,
)

from token_conformance.profile.files import name_of
from token_conformance.profile.models import Profile
from token_conformance.provider.dpop import restored
from token_conformance.sessions.problems import DamagedSessionError, SessionBusyError, StorageError
from token_conformance.sessions.vaults import OWNER_ONLY, Vault, make_folder, vault

FORMAT: Literal[1] = 1
"""The version of the format."""

PATIENCE = 10.0
"""Seconds to wait for another process that reads or writes what is parked: neither takes long."""

STRICT = ConfigDict(
    extra="forbid", frozen=True, hide_input_in_errors=True, ser_json_bytes="base64", val_json_bytes="base64"
)


class KeptExchange(BaseModel):
    """A request that a parked scenario made, without what it held, and the whole answer to it."""

    model_config = STRICT

    method: str
    url: str
    started: AwareDatetime
    seconds: NonNegativeFloat = 0.0
    status: int = Field(ge=100, le=999)
    headers: tuple[tuple[str, str], ...] = Field(default=(), repr=False)
    body: bytes = Field(default=b"", repr=False)


class Draw(BaseModel):
    """An unpredictable value that a parked scenario sent, such as a `state`."""

    model_config = STRICT

    kind: str
    value: str = Field(repr=False)


class ParkedScenario(BaseModel):
    """A scenario that was stopped at a wait, with all that it takes to bring it there again and go on.

    `parked` is when the wait began, `due` when it is over (UTC). `waits` counts the waits before that one, `logins` the
    logins that it took. `dpop_key` is the private key that its tokens are bound to, as JWK (RFC 9449 §5). `presented` is
    when a run went on with it: nothing of it may be presented again. `single` tells that another authorization of its
    user may end what it holds, and `endangered` what later runs have done that may have ended it, a sentence each.
    """

    model_config = STRICT

    scenario: str
    provider: str
    client_id: str
    user: str
    parked: AwareDatetime
    due: AwareDatetime
    waits: NonNegativeInt = 0
    logins: NonNegativeInt = 0
    exchanges: tuple[KeptExchange, ...] = Field(default=(), repr=False)
    drawn: tuple[Draw, ...] = Field(default=(), repr=False)
    dpop_key: dict[str, Any] | None = Field(default=None, repr=False)
    presented: AwareDatetime | None = None
    single: bool = False
    endangered: tuple[str, ...] = ()

    @field_validator("dpop_key")
    @classmethod
    def _is_a_key(cls, key: dict[str, Any] | None) -> dict[str, Any] | None:
        if key is not None:
            restored(key)
        return key

    @property
    def whose(self) -> tuple[str, str, str]:
        """The provider, the client and the user that it belongs to."""
        return self.provider, self.client_id, self.user

    def is_due(self, now: datetime) -> bool:
        """Whether its wait is over, or a run that went on with it has not told what came of it."""
        return self.due <= now or self.presented is not None

    def going_on(self, now: datetime) -> ParkedScenario:
        """The same as a run goes on with it."""
        return self.model_copy(update={"presented": now})

    def in_danger(self, why: str) -> ParkedScenario:
        """The same once a run has done what may have ended its tokens, which is a sentence."""
        return self.model_copy(update={"endangered": tuple(dict.fromkeys((*self.endangered, why)))})


class _Parked(BaseModel):
    model_config = STRICT

    version: Literal[1] = FORMAT
    scenarios: tuple[ParkedScenario, ...] = ()


class ParkingLot:
    """Keeps the parked scenarios of a profile in a vault; each change is on disk when it returns.

    Args:
        name: the profile, as `run` is given it.
        profile: what it says: what is parked belongs to one user and one client at one provider.
        kept: where it lies.

    """

    def __init__(self, name: str, profile: Profile, kept: Vault) -> None:
        self.name = name
        self.whose = (profile.server.address, profile.user_client.client_id, profile.login.username or "")
        self._vault = kept

    @property
    def place(self) -> str:
        """Where it lies."""
        return self._vault.description

    @property
    def folder(self) -> Path:
        """Where it is locked, and written where it lies in a file."""
        return self._vault.lock.parent

    def parked(self) -> tuple[ParkedScenario, ...]:
        """The scenarios parked at this provider by this client and user, those due first at the beginning.

        Raises:
            DamagedSessionError: what lies there is nothing that was parked.
            StorageError: it cannot be read.

        """
        return tuple(sorted(filter(self._own, self._read()), key=lambda each: each.due))

    def due(self, now: datetime) -> tuple[ParkedScenario, ...]:
        """Those of them whose time has come; raises as `parked` does."""
        return tuple(each for each in self.parked() if each.is_due(now))

    def keep(self, scenario: ParkedScenario) -> None:
        """Park a scenario, in the place of what was parked of it.

        Raises:
            SessionError: it cannot be stored.

        """
        self._change(lambda all_: (*(each for each in all_ if not _same(each, scenario)), scenario))

    def take(self, scenario: ParkedScenario, now: datetime) -> bool:
        """Mark a scenario as presented, and tell whether nobody else has done so; raises as `keep` does."""
        found: list[ParkedScenario] = []

        def marked(each: ParkedScenario) -> ParkedScenario:
            if not _same(each, scenario) or each.presented is not None:
                return each
            found.append(each)
            return each.going_on(now)

        self._change(lambda all_: [marked(each) for each in all_])
        return bool(found)

    def drop(self, scenario: ParkedScenario) -> None:
        """Forget a scenario; raises as `keep` does."""
        self._change(lambda all_: (each for each in all_ if not _same(each, scenario)))

    def endanger(self, why: str, *, single: bool = False) -> None:
        """Remember what may have ended what is parked, or only that which another authorization ends; raises as `keep` does."""

        def fits(parked: ParkedScenario) -> bool:
            return parked.single or not single

        if any(fits(each) for each in self.parked()):
            self._change(
                lambda all_: (each.in_danger(why) if self._own(each) and fits(each) else each for each in all_)
            )

    def _own(self, scenario: ParkedScenario) -> bool:
        return scenario.whose == self.whose

    def _change(self, change: Callable[[tuple[ParkedScenario, ...]], Iterable[ParkedScenario]]) -> None:
        with self._locked():
            scenarios = tuple(change(self._read()))
            if not scenarios:
                self._vault.remove()
                return
            try:
                text = _Parked(scenarios=scenarios).model_dump_json(indent=1, exclude_none=True).encode()
            except ValueError:
                raise StorageError(f"{self.name} cannot be parked: an answer holds what is no character") from None
            self._vault.write(text)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            make_folder(self._vault.lock.parent)
            with FileLock(self._vault.lock, timeout=PATIENCE, mode=OWNER_ONLY):
                yield
        except Timeout:
            raise SessionBusyError(f"what is parked of {self.name} is in use by another process") from None
        except (OSError, NotImplementedError) as error:  # the latter is filelock's, of a file system without locks
            raise StorageError(
                f"what is parked of {self.name} cannot be locked in {self._vault.lock}: {error}"
            ) from None

    def _read(self) -> tuple[ParkedScenario, ...]:
        text = self._vault.read()
        if text is None:
            return ()
        try:
            return _Parked.model_validate_json(text).scenarios
        except ValidationError:
            raise DamagedSessionError(
                f"what is parked of {self.name} in {self.place} cannot be read: it is damaged, or written by a newer "
                "version of token-conformance; remove it, and park anew with `run --park`"
            ) from None


def lot_for(given: str, profile: Profile, session_file: Path | None, *, keyring: bool) -> ParkingLot:
    """Where the scenarios of a profile are parked, which is given by name or path: beside its session.

    Raises:
        StorageError: there is no keyring.

    """
    name = name_of(given)
    file = session_file.with_name(f"{session_file.name}.parked") if session_file is not None else None
    return ParkingLot(name, profile, vault(f"{name}.parked", file=file, keyring=keyring))


def due_after(now: datetime, seconds: float) -> datetime:
    """When a wait that begins now is over (UTC); one that nobody outlives ends with our calendar."""
    try:
        return (now + timedelta(seconds=seconds)).astimezone(UTC)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _same(one: ParkedScenario, other: ParkedScenario) -> bool:
    return (one.whose, one.scenario) == (other.whose, other.scenario)
