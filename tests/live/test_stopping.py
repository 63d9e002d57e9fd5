"""A provider that stops answering over HTTP: the run asks for half a minute, stops, and says how far it came."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.live import pages

ANSWERED = 40
"""Requests that the provider answers before it falls silent."""


class FallingSilent:
    """An application that answers no more after a while."""

    def __init__(self, application):
        self._application, self._answered = application, 0

    async def __call__(self, scope, receive, send):
        if scope["type"] == "http":
            self._answered += 1
            if self._answered > ANSWERED:
                await asyncio.sleep(3600)
        await self._application(scope, receive, send)


@pytest.mark.nightly
def test_a_provider_that_falls_silent_is_left_alone(tmp_path):
    """One sentence, status 4, a report of what was judged, and nothing in it is red."""
    with pages.reference_server(tmp_path, "form", alter=FallingSilent) as profile:
        text = profile.read_text("utf-8")
        profile.write_text(text.replace("[limits]", "[limits]\nrequest_timeout = 0.4"), "utf-8")
        ended = pages.run(profile)
    told = re.search(r"ERROR: the provider stopped answering after (\d+) of about (\d+) requests", ended.said)
    assert told is not None, ended.said
    assert int(told[1]) <= ANSWERED < 200 < int(told[2])
    assert "No verdict on the provider: the provider stopped answering" in ended.said.splitlines()[-1]
    assert not {"fail", "error"} & set(ended.verdicts.values()), ended.said
    assert ended.status == 4
