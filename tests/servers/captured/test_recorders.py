"""What real recorders wrote of the same traffic is judged by what is in it, at a sound server and at one with three faults.

Each of `recordings/` was made of a login and its tokens at the reference server on loopback: refresh, wrong secret, unknown
grant, client credentials, reuse of a refresh token and of the code; then a second login, revocation, and a refresh.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from token_conformance.layout import ROOT
from token_conformance.oracle.endpoints import addresses
from token_conformance.oracle.oracle import own_faults, watch
from token_conformance.oracle.recognition import events
from token_conformance.profile.loading import load
from token_conformance.servers.captured.endpoints import with_endpoints
from token_conformance.servers.captured.exchanges import captured
from token_conformance.servers.captured.neighbours import of_provider
from token_conformance.servers.har_files import read

RECORDINGS = Path(__file__).parent.parent / "recordings"
PROFILE = RECORDINGS / "profile.toml"
FILES = {path.name.removesuffix(".har.gz").removesuffix(".zip"): path for path in sorted(RECORDINGS.glob("*.*z*"))}
SOUND, FAULTY = ([name for name in FILES if name.endswith(".faulty") == faulty] for faulty in (False, True))

REUSE, CODE, SECRET = (
    "rfc9700-4.14.2-old-token-refused",
    "rfc6749-10.5-code-single-use",
    "rfc6749-6-client-authentication-required",
)
FORBIDDEN = {
    **{name: {REUSE, CODE, SECRET} for name in FAULTY},
    "devtools-sanitized.faulty": {REUSE, CODE},
    "puppeteer-har.faulty": {REUSE, SECRET},
    "insomnia.faulty": {"rotation-parallel-refresh", SECRET},
}
"""What the oracle forbids in what came of the server with three faults.

Sanitized developer tools do not say what authenticated, puppeteer-har has lost the answer to the second exchange of the code, and
Insomnia the order of all requests.
"""

LIVE_REDS = {
    "test_code_works_once",
    "test_parallel_exchanges_have_one_winner",
    "test_wrong_secret_is_refused",
    "test_wrong_secret_is_refused_by_either_method",
    "test_empty_secret_does_not_authenticate",
    "test_code_needs_the_client_s_credentials",
    "test_used_refresh_token_stays_dead",
    "test_introspection_demands_credentials",
    "test_wrong_credentials_are_refused_with_401",
    "test_strange_values_are_refused_cleanly",
    "test_wrong_secret_does_not_refresh",
    "test_nobody_revokes_without_authentication",
    "test_failed_authentication_is_told",
    "test_used_refresh_token_is_refused",
    "test_refresh_token_of_two_generations_ago_is_refused",
    "test_parallel_refreshes_have_one_winner",
}
"""The checks that are red at the faulty server when it is asked."""

JUDGED = {"pass", "fail", "warning", "deviation", "error"}
BY_DAY = {"firefox", "puppeteer-har.faulty"}


def watched(path):
    """What the oracle says of a recording."""
    profile = load(PROFILE, {})
    recorded = captured(read(path), profile)
    profile, theirs = with_endpoints(profile, recorded), of_provider(recorded, profile)
    return watch(events(theirs, profile, addresses(profile, theirs)), profile, closed=False, whole=False)


@pytest.mark.parametrize("name", SOUND)
def test_nothing_of_a_sound_server_is_forbidden(name):
    """Whatever its recorder left out, doubled or mixed up."""
    history = watched(FILES[name])
    assert [str(each) for each in history.forbidden] == []
    assert len(history.events) > 9


@pytest.mark.parametrize("name", FAULTY)
def test_the_faults_are_seen_that_are_in_the_file(name):
    """A used refresh token, a used code and a wrong secret were accepted."""
    found = {each.requirement for each in own_faults(watched(FILES[name]))}
    assert found - {"rfc9700-4.14.2-grandparent-refused"} == FORBIDDEN[name]


def judged(path, folder):
    """The status of a run of the whole command, and the verdicts by checks."""
    arguments = ["run", str(PROFILE), "--recorded", str(path), "--report-dir", "reports"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "token_conformance", *arguments]
    ended = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    (results,) = folder.glob("reports/*/*/results.json")
    checks = json.loads(results.read_text())["checks"]
    return ended.returncode, {each["id"].split("::")[1].split("[")[0]: each["verdict"] for each in checks}


@pytest.mark.parametrize(
    "name", [name if name in BY_DAY else pytest.param(name, marks=pytest.mark.nightly) for name in FILES]
)
def test_verdicts_are_those_of_the_live_run(tmp_path, name):
    """The sound server passes what is judged of it; of the faulty one nothing passes that was red when it was asked."""
    status, verdicts = judged(FILES[name], tmp_path)
    found = {verdict for verdict in verdicts.values() if verdict in JUDGED}
    if name in FAULTY:
        assert status == 1
        assert {verdicts[check] for check in LIVE_REDS} <= {"fail", "inconclusive"}
        assert found <= {"pass", "fail"}
        assert {check for check, verdict in verdicts.items() if verdict == "fail"} <= LIVE_REDS
    else:
        assert status in {0, 5}
        assert found == {"pass"}
