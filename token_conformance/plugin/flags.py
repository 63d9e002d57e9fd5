"""The options of a conformance run, as pytest knows them: `--profile`, and the others of `token-conformance run` behind `--tc-`.

Whoever has the package installed has them in every session of pytest, so that nothing is imported here for their sake.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from token_conformance.profile.claims import CLAIMS

PREFIX = "--tc-"
"""What our options begin with, beside those of all other plugins."""


KEPT_AS = "tc_"
"""What the names begin with under which they are kept, for the same reason."""


class _Prefixed:
    """A group of options that have names of their own among all plugins; they are read by those of the command."""

    def __init__(self, group: pytest.OptionGroup) -> None:
        self._group = group

    def addoption(self, name: str, **attributes: Any) -> None:
        """Add `--tc-NAME` for `--NAME`."""
        given = attributes.pop("dest", name.removeprefix("--").replace("-", "_"))
        self._group.addoption(name.replace("--", PREFIX, 1), dest=f"{KEPT_AS}{given}", **attributes)


def asks_for_a_run(config: pytest.Config) -> bool:
    """Whether a session is to test a provider."""
    given = vars(config.option)
    return bool(given[f"{KEPT_AS}profile"] or given[f"{KEPT_AS}from_evidence"])


def take_up(config: pytest.Config) -> None:
    """Have the options at hand by the names of the command, in a session that asks for a run."""
    for name, value in list(vars(config.option).items()):
        if name.startswith(KEPT_AS):
            setattr(config.option, name.removeprefix(KEPT_AS), value)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of a conformance run."""
    ours = parser.getgroup("token-conformance", "conformance of OAuth 2.0 and OpenID Connect token endpoints")
    ours.addoption(
        "--profile",
        dest=f"{KEPT_AS}profile",
        action="append",
        default=[],
        metavar="NAME",
        help="the provider to test, by name or path; may be repeated",
    )
    group = _Prefixed(ours)
    group.addoption("--live", action="store_true", help="test the real provider at the profile's addresses")
    group.addoption("--emulated", action="store_true", help="test the reference server taking on the profile")
    group.addoption(
        "--recorded",
        action="append",
        nargs="?",
        const="",
        metavar="HAR",
        help="judge a recording, a file or a folder; without HAR the profile's own; may be repeated",
    )
    group.addoption(
        "--require",
        action="append",
        default=[],
        choices=CLAIMS,
        metavar="CLAIM",
        help=f"hold the provider to {', '.join(CLAIMS)} instead of what its profile claims; may be repeated",
    )
    group.addoption(
        "--plan",
        action="store_true",
        help="say how many logins and requests a run needs and how long it waits; run nothing",
    )
    group.addoption(
        "--probe",
        action="store_true",
        help="with --plan, ask the live provider for its metadata and once for tokens, and plan by the limits that it tells of",
    )
    group.addoption(
        "--resume",
        metavar="RESULTS",
        type=Path,
        help="do what an earlier run left to do, by its results.json: wait as long as it takes",
    )
    group.addoption(
        "--park",
        action="store_true",
        help="at the end of a live run, log in once for each expiry that it could not wait for, and keep that for --due",
    )
    group.addoption(
        "--due",
        action="store_true",
        help="go on with what is parked and due, and judge its checks; nothing else is done",
    )
    group.addoption("--report-dir", default="reports", metavar="DIR", help="where reports go (default: ./reports)")
    group.addoption(
        "--no-repeat",
        action="store_true",
        help="tell a red check after a single run; otherwise its scenario runs once more, alone, with a new login",
    )
    group.addoption(
        "--explore",
        nargs="?",
        const=0,
        type=int,
        metavar="N",
        help="after the checks, search by N requests for what the checks do not look for; without N by limits.exploration, or 200",
    )
    group.addoption(
        "--explore-requests",
        nargs="?",
        const=0,
        type=int,
        metavar="N",
        help="after the checks, try token requests that are changed in many ways by N requests; without N by limits.exploration, or 200",
    )
    group.addoption(
        "--explore-seed",
        type=int,
        metavar="SEED",
        help="explore as a run did that told this seed; without it by chance",
    )
    group.addoption(
        "--explore-stories",
        metavar="DIR",
        help="where the stories that exploring finds are kept, to be tried first next time (default: stories in the report folder)",
    )
    group.addoption(
        "--write-facts",
        metavar="FILE",
        help="write what was measured of the provider to FILE, as lines for its profile",
    )
    group.addoption(
        "--strict",
        action="store_true",
        dest="warnings_fail",
        help="a warning or a stale deviation makes the run fail",
    )
    group.addoption(
        "--baseline",
        metavar="FILE",
        help="hold the findings against what FILE knows: new ones fail, status 6 says that it is out of date",
    )
    group.addoption(
        "--update-baseline",
        action="store_true",
        help="with --tc-baseline: have FILE know what is found, with all that was said of it",
    )
    group.addoption(
        "--as-of",
        metavar="VERSION",
        help="with --tc-baseline: findings of checks that came after this version of the suite only warn",
    )
    group.addoption(
        "--complete",
        action="store_true",
        help="a MUST of the claims that could not be judged makes the run end with status 7",
    )
    group.addoption(
        "--max-failures",
        type=int,
        metavar="N",
        help="send nothing more once N causes stand behind violated MUSTs, and judge what was gathered by then",
    )
    group.addoption(
        "--level",
        action="append",
        default=[],
        choices=("MUST", "SHOULD", "MAY"),
        help="only checks of this level; MUST NOT belongs to MUST; may be repeated",
    )
    # pytest has an attribute `quiet` of its own, which its -q sets
    group.addoption("--quiet", action="store_true", dest="hushed", help="say nothing but what each run comes to")
    group.addoption("--json", action="store_true", dest="as_json", help="with the plan: print it for programs")
    group.addoption(
        "--fault", action="append", default=[], metavar="NAME", help="a fault of the emulated server; may be repeated"
    )
    group.addoption(
        "--variation", action="append", default=[], metavar="NAME", help="an allowed variation of the emulated server"
    )
    group.addoption(
        "--directly",
        action="store_true",
        help="judge checks that need nothing but transcripts without pytest's protocol around each, as `token-conformance run` does",
    )
    group.addoption(
        "--env-file",
        action="append",
        default=[],
        metavar="FILE",
        type=Path,
        help="take variables that the environment does not set from lines of NAME=value; may be repeated",
    )
    group.addoption(
        "--proxy",
        choices=("env", "none"),
        help="go through the proxy of the environment, or through none, whatever the profile says",
    )
    group.addoption(
        "--from-evidence",
        action="append",
        default=[],
        metavar="DIR",
        help="judge the run anew whose evidence.jsonl is in DIR, and write its reports there; may be repeated",
    )
    group.addoption(
        "--evidence",
        action="store_true",
        help="write evidence.jsonl while an emulated or a recorded run goes on, as live runs do",
    )
    group.addoption(
        "--no-evidence",
        action="store_true",
        help="write no evidence.jsonl while a run goes on, of which `token-conformance report` makes its reports anew",
    )
    group.addoption("--no-recording", action="store_true", help="make no recording.har of the evidence of a run")
    group.addoption("--session-file", metavar="FILE", help="where `token-conformance login` has stored the session")
    group.addoption("--keyring", action="store_true", help="take the session from the keyring of this machine")
