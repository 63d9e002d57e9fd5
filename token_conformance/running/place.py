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


def sit_down(run: Run, row: Row, session: Lineage | None, chromium: Chromium | None) -> Place:
    """The place of a row: with the session that all share, where there is one, and a window where browsers log in."""
    lineage = session or Lineage(run.profile.login.seed)
    lineage.window = Window(chromium) if chromium is not None else None
    connection = run.server.connect(row.scenarios[0].name)
    return Place(row.seat, row.user, run.profile.of_each_user[row.user], connection, lineage)
