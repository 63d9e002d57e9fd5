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

    def written(self, checks):
        self._run(checks, "--evidence")
        return self._run.results()

    def judged(self, checks):
        """The results once more, with the exit status."""
        (path,) = self.path.parent.glob("results.json")
        path.unlink()
        ended = self._run(checks, f"--from-evidence={self.path.parent}", profiles=())
        return self._run.results(), ended.ret

    @property
    def path(self):
        (found,) = self._run.folder.glob("reports/example/*/evidence.jsonl")
        return found

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
        broken.setattr(gathering, "stages", breaks)
        first = evidence.written(UNDISTURBED)
    assert "interrupted after 0 of 2 scenarios, by a defect of the suite: KeyError (" in first["trouble"]
    again, status = evidence.judged(UNDISTURBED)
    assert (again["trouble"], again["outcome"]) == (first["trouble"], "interrupted")
    assert status == 2


def test_who_stopped_answering_before_a_red_was_repeated_is_told_again(evidence):
    """It is the trouble of the run."""
    evidence.written(UNDISTURBED)
    lines = [
        json.dumps(line | {"stopped": 7}) if line["type"] == "gathered" and line["again"] else json.dumps(line)
        for line in evidence.lines
    ]
    evidence.path.write_text("\n".join(lines) + "\n", "utf-8")
    again, status = evidence.judged(UNDISTURBED)
    assert again["trouble"] == "the provider stopped answering before all reds were repeated"
    assert status == 1


def test_what_a_run_took_up_again_is_told_as_that(evidence):
    """Nobody selected it by anything else."""
    evidence.written(UNDISTURBED)
    begin, *lines = evidence.lines
    begin["selection"]["only"] = ["asked"]
    evidence.path.write_text("\n".join(json.dumps(line) for line in (begin, *lines)) + "\n", "utf-8")
    again, _ = evidence.judged(UNDISTURBED)
    assert again["selection"] == "--resume test_inner.py (2 checks left out)"
