"""Whatever a server says where the further grants are asked for, no check breaks."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from tests.suites.conftest import judged, name_of, profile_named
from token_conformance.gathering import gather
from token_conformance.plugin.selection import scenarios_of
from token_conformance.redaction import Redactor
from token_conformance.run import Run
from token_conformance.verdict import Verdict

SUITES = ("device_authorization", "device_grant", "token_exchange", "resource_indicators")

VALUES = [
    None,
    True,
    0,
    -1,
    10**400,
    1.5,
    "",
    "\ud800",
    "https://[op.example/",
    "https://op.example:99999/",
    "a" * 10_000,
    [],
    ["a", None],
    {"a": []},
]
"""Members that are not what they should be."""

NAMES = (
    "access_token",
    "aud",
    "device_code",
    "error",
    "expires_in",
    "interval",
    "issued_token_type",
    "refresh_token",
    "scope",
    "token_type",
    "user_code",
    "verification_uri",
    "verification_uri_complete",
)

RIGHT = {
    "access_token": "an-access-token-0001",
    "token_type": "Bearer",
    "expires_in": 60,
    "refresh_token": "a-refresh-token-0002",
    "device_code": "a-device-code-0003",
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://op.example/device",
    "active": True,
}

METADATA = {
    f"{name}_endpoint": f"https://op.example/{name}"
    for name in ("authorization", "token", "revocation", "introspection", "device_authorization", "userinfo")
}


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize(
    "names", [NAMES, *((name,) for name in NAMES)], ids=lambda names: names[0] if len(names) == 1 else "all"
)
def test_no_check_breaks(checks, scripted_server, names, value):
    """Every check of the further grants judges, or says why it does not."""
    concerned = [check for check in checks if check.path.stem.removeprefix("test_") in SUITES]
    members = {**RIGHT, **dict.fromkeys(names, value)}

    def answer(request):
        if request.method == "GET":
            known = "well-known" in request.url.path
            return httpx.Response(200, json={**METADATA, "issuer": "https://op.example"} if known else RIGHT)
        return httpx.Response(200, content=json.dumps(members), headers={"Content-Type": "application/json"})

    profile = profile_named("by-password")
    run = Run("everything", profile, scripted_server(answer), Redactor())
    asyncio.run(gather(run, scenarios_of(concerned), lambda *progress: None))
    verdicts = {name_of(check): judged(check, run) for check in concerned}
    broken = {name: said.message for name, said in verdicts.items() if said.verdict is Verdict.ERROR}
    assert broken == {}
