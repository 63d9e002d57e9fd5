"""What is judged anew from evidence is told as it was: by what a run was interrupted, and what of it was selected."""

import json

import pytest

MORE = '''

@scenario(needs="client_credentials")
async def halted(provider):
    """Be where the run breaks off."""
    first = await provider.client_credentials(scope="refuse")
    {meanwhile}
    return await provider.client_credentials(scope="refuse")


@scenario(needs="refresh")
async def lacking(provider):
    """Need what the profile does not have."""


@requirement("must")
def test_asks(asked):
    """It works."""
    assert asked.accepted


@requirement("must")
def test_goes_on(halted):
    """It works again."""
    assert halted.accepted, "it was refused"


@requirement("must")
def test_lacks(lacking):
    """It works."""
'''
SIGNALLED = MORE.format(meanwhile="__import__('os').kill(__import__('os').getpid(), 15)")
UNDISTURBED = MORE.format(meanwhile="pass")


class Evidence:
    """Runs checks with evidence, and judges them anew from it."""

    def __init__(self, direct_run):
        self._run = direct_run

    def written(self, checks, *arguments):
        self._run(checks, "--tc-evidence", *arguments)
        return self._run.results()

    def judged(self, checks, *arguments):
        """The results once more, with the exit status."""
        (path,) = self.path.parent.glob("results.json")
        path.unlink()
        ended = self._run(checks, f"--tc-from-evidence={self.path.parent}", *arguments, profiles=())
        return self._run.results(), ended.ret

    @property
    def path(self):
        (found,) = self._run.folder.glob("reports/example/*/evidence.jsonl")
        return found

    def rewrite(self, *lines):
        self.path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")

    @property
    def lines(self):
        return [json.loads(line) for line in self.path.read_text("utf-8").splitlines()]


@pytest.fixture
def evidence(direct_run):
    return Evidence(direct_run)


def same(one, other):
    return [(told["trouble"], told["outcome"], told["summary"]) for told in (one, other)]


def test_the_signal_is_told_again(evidence):
    """As is how far the run came: what the profile does not have, counts in neither."""
    first = evidence.written(SIGNALLED)
    assert first["trouble"] == "the run was interrupted after 1 of 2 scenarios, by SIGTERM"
    assert evidence.lines[-1]["type"] == "broken_off"
    again, status = evidence.judged(SIGNALLED)
    one, other = same(first, again)
    assert one == other
    assert status == 2


def test_a_defect_of_ours_is_told_again(evidence, monkeypatch):
    """A run that it kept from its scenarios does not conform when it is judged anew."""
    from token_conformance.running import gathering

    def breaks(*_, **__):
        raise KeyError("missing")

    with monkeypatch.context() as broken:
        broken.setattr(gathering, "hands_of", breaks)
        first = evidence.written(UNDISTURBED)
    assert "interrupted after 0 of 2 scenarios, by a defect of the suite: KeyError (" in first["trouble"]
    again, status = evidence.judged(UNDISTURBED)
    assert (again["trouble"], again["outcome"]) == (first["trouble"], "interrupted")
    assert status == 2


def test_who_stopped_answering_before_a_red_was_repeated_is_told_again(evidence):
    """It is the trouble of the run."""
    evidence.written(UNDISTURBED)
    gone = {"stopped": 7}
    evidence.rewrite(
        *(line | (gone if line["type"] == "gathered" and line["again"] else {}) for line in evidence.lines)
    )
    again, status = evidence.judged(UNDISTURBED)
    assert again["trouble"] == "the provider stopped answering before all reds were repeated"
    assert status == 1


def test_what_a_run_took_up_again_is_told_as_that(evidence):
    """Nobody selected it by anything else."""
    evidence.written(UNDISTURBED)
    begin, *lines = evidence.lines
    begin["selection"]["only"] = ["asked"]
    evidence.rewrite(begin, *lines)
    again, _ = evidence.judged(UNDISTURBED)
    assert again["selection"] == "--resume test_inner.py (2 checks left out)"


def test_a_run_that_stopped_after_a_failure_is_told_as_that(evidence):
    """What is judged anew ends at the same check, and says so."""
    first = evidence.written(UNDISTURBED, "-x")
    assert first["selection"] == "test_inner.py -x, stopped after the first failure"
    option = f"--maxfail={evidence.lines[0]['selection']['most_failures']}"
    again, status = evidence.judged(UNDISTURBED, option)
    assert (again["selection"], again["summary"]) == (first["selection"], first["summary"])
    assert status == 1


def test_evidence_that_could_not_be_written_is_not_called_an_interruption(evidence):
    """The disk was full, and nobody had told the run to stop; what was not written is not judged."""
    evidence.written(UNDISTURBED)
    lines = evidence.lines
    ended = [line["type"] == "scenario_ended" and line["scenario"] == "asked" for line in lines].index(True)
    cut = {"type": "cut_short", "at": lines[-1]["at"], "why": "No space left on device"}
    evidence.rewrite(*lines[: ended + 1], cut)
    again, status = evidence.judged(UNDISTURBED)
    sentence = "since it could not be written any further: No space left on device"
    assert again["trouble"] == f"the evidence ends after 1 of 2 scenarios, {sentence}"
    (late,) = (check for check in again["checks"] if check["id"].endswith("test_goes_on"))
    assert (late["verdict"], late["message"]) == (
        "inconclusive",
        "the evidence ends before scenario halted had ended",
    )
    assert status == 2


def test_what_is_parked_is_no_to_do(evidence):
    """It is told as the run told it, with what it took, and what kept the rest from it."""
    evidence.written(UNDISTURBED)
    *lines, end = evidence.lines
    at, before = end["at"], len([line for line in lines if line["type"] == "exchange"])
    (asked, *_) = (line for line in lines if line["type"] == "exchange" and line["scenario"] == "asked")
    more = [
        asked | {"scenario": "asked~parked"},
        {"type": "scenario_ended", "scenario": "asked~parked", "at": at, "logins": 1},
        {"type": "scenario_parked", "scenario": "asked", "since": at, "due": "2030-01-31T12:00:00Z"},
    ]
    lacking = [
        line
        | ({"lacking": 9e6} if line["type"] == "scenario_ended" and line["scenario"] in {"asked", "halted"} else {})
        for line in lines
    ]
    evidence.rewrite(*lacking, *more, end | {"trouble": "not all that is left could be parked"})
    again, _ = evidence.judged(UNDISTURBED)
    assert [each["scenario"] for each in again["todo"]] == ["halted"]
    assert [(each["scenario"], each["due"]) for each in again["parked"]] == [("asked", "2030-01-31T12:00:00+00:00")]
    assert (again["requests"], again["logins"]) == (before + 1, 1)
    assert again["trouble"] == "not all that is left could be parked"
