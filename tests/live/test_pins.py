"""What is held against pins, and what the sweep says: without any server."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from tests.live import setups, sweep
from tests.live.builds import built, perform
from tests.live.pins import differences, read, seen, unread
from tests.live.running import UnavailableError
from tests.live.setups import SetUp, chosen, set_ups

LAUNCHER = """import json, os, sys
print(json.dumps({said}), flush=True)
sys.stdin.read()
"""


def made(folder, said="{}", **changes):
    """A set-up whose server is what a file of that folder says."""
    (folder / "server.py").write_text(LAUNCHER.replace("{said}", said))
    given = {"server": "example", "name": "default", "folder": folder, "start": ["python", "server.py"]}
    return SetUp.model_validate({**given, "profile": "example.toml", **changes})


def results(requests=100, logins=4, **verdicts):
    """The results of a run in which those checks have those verdicts."""
    checks = [
        {"id": f"suites/test_rotation.py::test_{name}", "verdict": verdict, "message": f"what {name} says"}
        for name, verdict in verdicts.items()
    ]
    cost = {"requests": requests, "logins": logins, "seconds": 1.5}
    told = {"suite_version": "1", "started": "2026-11-30T04:05:06+00:00", "seen_on_the_way": []}
    return {**told, **cost, "checks": checks}


def told(set_up, before, after):
    return differences(set_up, seen(before, "2.0"), seen(after, "2.1"), after)


@pytest.mark.parametrize("verdict", ["fail", "warning", "error", "deviation", "inconclusive"])
def test_a_verdict_that_comes_or_goes_is_told(tmp_path, verdict):
    """With what it says, where it has come."""
    set_up, other, usual = made(tmp_path), results(reuse=verdict), results(reuse="pass")
    assert told(set_up, usual, other) == [f"+ {verdict}: reuse: what reuse says"]
    assert told(set_up, other, usual) == [f"- {verdict}: reuse"]
    assert told(set_up, other, other) == []


def test_what_comes_and_goes_is_no_difference(tmp_path):
    """A set-up says which checks are one thing one day, and another the next."""
    set_up = made(tmp_path, sometimes={"reuse": "a race"})
    assert told(set_up, results(reuse="pass"), results(reuse="fail")) == []


def test_what_is_seen_on_the_way_is_told_when_it_comes_or_goes(tmp_path):
    """The oracle's findings are pinned like those of checks."""
    found = {**results(), "seen_on_the_way": [{"requirement": "session-chain", "message": "it was refused"}]}
    set_up = made(tmp_path)
    pinned, now = seen(results(), "2.0"), seen(found, "2.0")
    assert differences(set_up, pinned, now, found) == ["+ on the way: session-chain: it was refused"]
    assert differences(set_up, now, pinned, results()) == ["- on the way: session-chain"]


def test_a_wait_is_no_difference(tmp_path):
    """What is left for later is not pinned."""
    waits = results(reuse="inconclusive")
    waits["checks"][0]["message"] = "it takes a wait of 30 s"
    assert told(made(tmp_path), results(), waits) == []


@pytest.mark.parametrize(
    ("requests", "logins", "lines"),
    [
        (124, 6, []),
        (126, 6, ["requests: 126 instead of 100"]),
        (74, 4, ["requests: 74 instead of 100"]),
        (100, 7, ["logins: 7 instead of 4"]),
        (100, 1, []),
    ],
)
def test_costs_are_held_roughly(tmp_path, requests, logins, lines):
    """Races move requests a little; fewer logins are welcome."""
    assert told(made(tmp_path), results(), results(requests, logins)) == lines


def test_what_a_set_up_is_there_to_prove_is_seen(tmp_path):
    """A check that is not there proves nothing."""
    set_up = made(tmp_path, proves={"rotation": "pass"})
    assert told(set_up, results(rotation="pass"), results(rotation="pass")) == []
    assert told(set_up, results(), results()) == ["rotation is not judged, and should be pass"]


def test_a_red_is_read_by_somebody(tmp_path):
    """Deviations have their reasons in the profile; a red check has one in the set-up."""
    pins = seen(results(one="fail", two="warning", three="deviation"), "2.0")
    assert unread(made(tmp_path), pins) == {"one", "two"}
    assert unread(made(tmp_path, known={"one": "it says so"}, sometimes={"two": "a race"}), pins) == set()


def test_what_was_seen_on_the_way_is_read_by_somebody(tmp_path):
    """It has no check; what is known of it stands under its requirement."""
    pins = seen(
        {**results(), "seen_on_the_way": [{"requirement": "session-chain", "message": "it was refused"}]}, "2.0"
    )
    assert unread(made(tmp_path), pins) == {"session-chain"}
    assert unread(made(tmp_path, known={"session-chain": "it says so"}), pins) == set()


def test_pins_are_what_was_written(tmp_path):
    """A file says all of it, and there is none before it is written."""
    set_up, pins = made(tmp_path), seen(results(one="fail", two="pass", three="pass"), "2.0")
    assert read(set_up.pins) is None
    assert told_without_pins(set_up) == [
        "example/default has no pins: python -m tests.live.sweep example/default --write makes them"
    ]
    pins.write(set_up.pins)
    assert read(set_up.pins) == pins
    assert json.loads(set_up.pins.read_text())["verdicts"] == {"fail": ["rotation::one"]}
    assert pins.numbers["pass"] == {"rotation": 2}


def told_without_pins(set_up):
    return differences(set_up, None, seen(results(), "2.0"), results())


@pytest.mark.parametrize("listed", [False, True])
def test_a_server_that_cannot_be_had_is_told(tmp_path, monkeypatch, listed):
    """By the sweep, with the command and the error; unavailable.toml decides whether that is as it should be."""
    monkeypatch.setattr(sweep, "listed_as_unavailable", lambda: {"example"} if listed else set())
    lines = []
    for set_up, why in [
        (made(tmp_path, needs=["a-command-that-nobody-has"]), "a-command-that-nobody-has: it is not there"),
        (made(tmp_path, '{"unavailable": "make", "error": "status 2"}'), "make: status 2"),
    ]:
        status = sweep.swept(set_up, lines.append, write=True)
        assert status == (sweep.SAME if listed else sweep.NOT_THERE)
        assert lines.pop() == f"example/default: cannot be had: {why}"
        assert read(set_up.pins) is None


def test_the_sweep_writes_pins_on_demand(tmp_path, monkeypatch):
    """A run that is other than pinned is the status 1, until it is written."""
    found = [results(reuse="fail")]
    monkeypatch.setattr(SetUp, "judged", lambda set_up, folder: (found[0], "2.0"))
    set_up, lines = made(tmp_path), []
    assert sweep.swept(set_up, lines.append, write=False) == sweep.OTHER
    assert sweep.swept(set_up, lines.append, write=True) == sweep.SAME
    assert sweep.swept(set_up, lines.append, write=False) == sweep.SAME
    assert lines[-1] == "example/default: 2.0, 100 requests, 4 logins, 2 s"
    found[0] = results(reuse="pass")
    assert sweep.swept(set_up, lines.append, write=False) == sweep.OTHER
    assert lines[-1] == "  - fail: reuse"


def test_a_name_is_that_of_a_server_or_of_a_set_up(tmp_path):
    """Without one all are meant; an unknown one is a sentence."""
    there = {f"example/{name}": made(tmp_path, name=name) for name in ("default", "public")}
    assert [each.id for each in chosen((), there)] == list(there)
    assert [each.id for each in chosen(("example",), there)] == list(there)
    assert [each.id for each in chosen(("example/public",), there)] == ["example/public"]
    ended = CliRunner().invoke(sweep.main, ["nobody"])
    assert (ended.exit_code, "nobody is no set-up; there are " in ended.output) == (2, True)


def test_every_set_up_has_a_profile_and_pins():
    """And none of the pins is left over."""
    files = {set_up.pins for set_up in set_ups().values()}
    assert {set_up.id for set_up in set_ups().values() if not (set_up.folder / set_up.profile).is_file()} == set()
    assert {path for set_up in set_ups().values() for path in set_up.pins.parent.glob("*.json")} == files


def test_a_build_is_made_once(tmp_path, monkeypatch):
    """What failed half way is made anew."""
    monkeypatch.setenv("TOKEN_CONFORMANCE_SERVERS", str(tmp_path))
    steps = []

    def build(folder):
        steps.append(folder)
        assert not list(folder.iterdir())
        (folder / "done").touch()
        perform(["test", str(len(steps)), "=", "2"], folder)

    with pytest.raises(UnavailableError, match=r"^test 1 = 2: status 1: it says nothing$"):
        built("example", build)
    place = built("example", build)
    assert built("example", build) == place
    assert (len(steps), (place / "done").is_file()) == (2, True)


def test_a_command_that_is_not_there_makes_a_server_unavailable(tmp_path):
    """As one that fails does."""
    with pytest.raises(UnavailableError, match="a-command-that-nobody-has: .*No such file"):
        perform(["a-command-that-nobody-has"], tmp_path)


@pytest.fixture
def starting(monkeypatch):
    """The servers that these tests begin, and no others: one may have been begun for the next test."""
    monkeypatch.setattr(setups, "STARTING", {})
    return setups.STARTING


def test_a_server_starts_while_something_else_is_done(tmp_path, starting):
    """Once, and whoever comes for it waits for that one; what nobody comes for ends with the session."""
    set_up = made(tmp_path, '{"issuer": str(os.getpid())}')
    set_up.begin()
    process = starting[set_up.id]
    set_up.begin()
    with set_up.running() as said:
        assert said["issuer"] == str(process.pid)
    assert process.wait() == 0
    set_up.begin()
    forsaken = starting[set_up.id]
    setups.forsake()
    assert (forsaken.wait(), starting) == (0, {})


def test_a_server_that_is_not_there_is_not_begun(tmp_path, starting):
    """Who comes for it is told what it lacks."""
    set_up = made(tmp_path, needs=["a-command-that-nobody-has"])
    set_up.begin()
    assert starting == {}
    with pytest.raises(UnavailableError, match="a-command-that-nobody-has"), set_up.running():
        pass
