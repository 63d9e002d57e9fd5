"""Where the scenarios of a row act, one after the other."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from http.cookiejar import CookieJar

from token_conformance.profile.models import Profile
from token_conformance.provider.lineage import Lineage
from token_conformance.provider.login.chromium import Chromium
from token_conformance.provider.login.window import Window
from token_conformance.running.run import Run
from token_conformance.running.stages import Row
from token_conformance.wire.connection import Connection


@dataclass(frozen=True)
class Place:
    """A seat: a user's profile and number, a connection, a browser, and the session that goes from scenario to scenario."""

    seat: int | str
    user: int
    profile: Profile
    connection: Connection
    lineage: Lineage
    cookies: CookieJar = field(default_factory=CookieJar)

    async def close(self) -> None:
        """Give back what the connection and the browser hold."""
        with suppress(Exception):
            await self.connection.close()
        if self.lineage.window is not None:
            await self.lineage.window.close()


class Places:
    """The places of a run, each taken when its seat is first sat down at, and what they share."""

    def __init__(self, run: Run) -> None:
        browses = run.server.kind == "live" and run.profile.login.strategy == "browser"
        self._run = run
        self._chromium = Chromium(run.profile) if browses else None
        self._taken: dict[int | str, Place] = {}

    def at(self, row: Row, session: Lineage | None = None) -> Place:
        """The place of a row: with the session that all share, where there is one, and a window where browsers log in."""
        if row.seat not in self._taken:
            run, lineage = self._run, session or Lineage(self._run.profile.login.seed)
            lineage.window = Window(self._chromium) if self._chromium is not None else None
            connection = run.server.connect(row.scenarios[0].name)
            profile = run.profile.of_each_user[row.user]
            self._taken[row.seat] = Place(row.seat, row.user, profile, connection, lineage)
        return self._taken[row.seat]

    def doubt_all(self) -> None:
        """Have the next stage log in anew: one row of it may end the sessions that the others would go on with."""
        for place in self._taken.values():
            place.lineage.doubt()

    async def close(self) -> None:
        """Leave them all."""
        async with self._run.interruption.hurrying():
            for place in self._taken.values():
                await place.close()
            if self._chromium is not None:
                await self._chromium.close()
