"""The last line, results.json, JUnit and the exit status say the same of a run, and none of them says too much."""

import pytest
from junitparser import Error, JUnitXml

CHECK = '''

@requirement("rfc6749-3.2-post-only")
def test_asks(asked):
    """It works."""
    assert asked.accepted
'''
MORE = (
    CHECK
    + '''

@requirement("rfc6749-5.1-access-token")
def test_cannot_tell(asked):
    """It cannot be told."""
    raise Inconclusive("no control")
'''
)
UNASKED = '''

@requirement("rfc6749-3.2-post-only")
def test_reads_the_profile(conformance_run):
    """It needs no answer."""
    assert conformance_run.profile.clients
'''


PUT_OFF = '''
@scenario(needs="client_credentials")
async def put_off(provider):
    """Ask too often."""
    return await provider.client_credentials(scope="later")


@requirement("rfc6749-5.1-access-token")
def test_does_not_fail(put_off):
    """The server does not fail."""
    assert put_off.exchange.response.status < 500
'''


@pytest.fixture
def whole(inner_run, monkeypatch):
    """Has the one module of the inner run stand for all of our suites."""
    monkeypatch.setattr("token_conformance.plugin.selection.SUITES", inner_run.folder / "test_inner.py")
    return inner_run


def errors(run):
    """The errors of the run's JUnit that are no check's."""
    path = next(run.folder.glob("reports/example/*/junit.xml"))
    (suite,) = JUnitXml.fromfile(str(path))
    told = {each.name: each.value for each in suite.properties()}
    return told, [(case.name, result.message) for case in suite for result in case.result if isinstance(result, Error)]


def test_a_whole_run_conforms(whole):
    """Nothing else is said of it anywhere."""
    result, results = whole(CHECK), whole.results()
    assert result.outlines[-1] == "example: Conforms as far as it was judged."
    assert (results["outcome"], results["trouble"], results["selection"]) == ("conforms", None, None)
    assert errors(whole) == ({"outcome": "conforms"}, [])
    assert result.ret == 0


def test_a_selection_does_not_conform_as_a_whole(whole):
    """The last line says what was selected, and what was left out."""
    result, selection = whole(MORE, "-k", "asks"), "-k asks (1 check left out)"
    assert result.outlines[-1].startswith("example: No verdict on the provider as a whole: nothing failed of what")
    assert (whole.results()["outcome"], whole.results()["selection"]) == ("selection_holds", selection)
    assert errors(whole) == ({"outcome": "selection_holds", "selection": selection}, [])
    assert result.ret == 0


@pytest.mark.parametrize("way", [(), ("-n", "1")])
def test_suites_of_others_alone_are_a_selection(direct_run, way):
    """They are named, in the workers of xdist as well."""
    direct_run(CHECK, *way)
    assert direct_run.results()["selection"] == "test_inner.py"


def test_an_interrupted_run_does_not_conform(whole):
    """What was judged until then is told, and an error in JUnit says that it is not all."""
    stops = '\n\ndef test_stops(asked, tmp_path):\n    """Somebody stops the run."""\n    pytest.exit("stopped")\n'
    result = whole(CHECK + stops)
    early = "the run was interrupted after 1 of 1 scenario, before all checks were judged"
    assert result.outlines[-1] == f"example: No verdict on the provider: {early}."
    assert (whole.results()["outcome"], whole.results()["trouble"]) == ("interrupted", early)
    told, found = errors(whole)
    assert told == {"outcome": "interrupted", "trouble": early}
    assert found == [("run", f"No verdict on the provider: {early}.")]
    assert result.ret == 2


FAILS = '''

@requirement("rfc6749-5.1-access-token")
def test_fails(asked):
    """It does not work."""
    assert not asked.accepted
'''


@pytest.mark.parametrize(
    ("option", "said"),
    [("-x", "-x, stopped after the first failure"), ("--maxfail=2", "--maxfail 2, stopped after 2 failures")],
)
def test_stopping_at_a_failure_is_a_selection(whole, option, said):
    """Somebody asked for it: the run was not interrupted, and what failed has failed."""
    result = whole(FAILS + FAILS.replace("test_fails", "test_fails_too") + CHECK, option)
    assert result.outlines[-1].startswith("example: Does not conform: ")
    assert result.outlines[-1].endswith(f"; selected by {said}.")
    assert (whole.results()["outcome"], whole.results()["selection"]) == ("does_not_conform", said)
    assert whole.results()["trouble"] is None
    assert result.ret == 1


def test_a_run_without_the_token_endpoint_is_none(whole):
    """However many checks passed that need no answer of it."""
    result = whole(UNASKED)
    assert whole.results()["summary"]["pass"] == 1
    assert result.outlines[-1] == "example: No verdict on the provider: nothing of the token endpoint was judged."
    assert errors(whole)[1] == [("run", "No verdict on the provider: nothing of the token endpoint was judged.")]
    assert result.ret == 5


def test_a_rate_limit_is_no_answer_of_the_token_endpoint(whole):
    """A check that passes beside nothing else says nothing of the provider."""
    result = whole(PUT_OFF)
    assert whole.results()["summary"]["pass"] == 1
    assert result.outlines[-1] == "example: No verdict on the provider: nothing of the token endpoint was judged."
    assert result.ret == 5


def test_what_could_not_be_judged_is_counted(whole):
    """A MUST that is inconclusive does not pass for one that holds."""
    result = whole(MORE)
    assert result.outlines[-1].endswith("judged; 1 MUST of its claims could not be judged.")
    assert whole.results()["unjudged"] == ["rfc6749-5.1-access-token"]
    assert not any(line.startswith("UNJUDGED") for line in result.outlines)
    assert result.ret == 0


def test_a_complete_run_lists_what_could_not_be_judged(whole):
    """And ends with a status of its own."""
    result = whole(MORE, "--tc-complete")
    result.stdout.fnmatch_lines(["UNJUDGED rfc6749-5.1-access-token: no control (RFC 6749 §5.1)"])
    assert whole.results()["outcome"] == "incomplete"
    assert [name for name, _ in errors(whole)[1]] == ["run"]
    assert result.ret == 7


def test_a_complete_run_in_which_all_was_judged_passes(whole):
    """The demand changes nothing where there is nothing to demand."""
    assert whole(CHECK, "--tc-complete").ret == 0
