"""Checks that need nothing but transcripts are judged directly, with the results that pytest's own protocol would give."""

import gc

import pytest

from tests.plugin.test_verdicts import CHECKS

ALL_SORTS = (
    CHECKS
    + '''

@scenario(needs="client_credentials")
async def stopped(provider):
    """Stop at once."""
    raise Inconclusive("no login page")


@requirement("must")
def test_needs_what_there_is_not(asked, stopped):
    """A page is there."""
    assert stopped


@requirement("must")
@pytest.mark.parametrize("number", [1, 2])
def test_each(asked, evidence, conformance_run, number):
    """The answer is one of several."""
    assert len(evidence.successes) == number, f"{len(conformance_run.exchanges)} of {number}"


@requirement("must")
def test_has_an_old_tongue(asked):
    """Whoever says it, it is not applicable."""
    pytest.skip("of no concern")
'''
)


def without_times(results):
    """The results of a run that are the same however long it took."""
    checks = [{**check, "seconds": None} for check in results["checks"]]
    return {**results, "checks": checks, "started": None, "seconds": None}


def test_both_ways_lead_to_the_same_verdicts(inner_run, request):
    """Verdicts, messages, evidence and exit status do not depend on who runs the checks."""
    usual, theirs = inner_run(ALL_SORTS), inner_run.results()
    direct_run = request.getfixturevalue("direct_run")
    direct, ours = direct_run(ALL_SORTS), direct_run.results()
    assert without_times(ours) == without_times(theirs)
    assert direct.ret == usual.ret
    assert len(ours["checks"]) == 10


def test_it_looks_as_usual(direct_run):
    """There is a line for each check, a paragraph for each failure, and the numbers at the end."""
    shown = direct_run(ALL_SORTS, "-v").stdout.str()
    for part in ("test_inner.py::test_holds PASSED", "test_should_not_hold WARNING", "test_must_not_hold FAILED"):
        assert part in shown
    assert "FAIL: expected: A refresh token is handed over" in shown


def test_each_check_runs_once(direct_run):
    """What was seen before anything was told is not done again for pytest."""
    checks = '''

RAN = []


@requirement("must")
def test_runs(asked):
    """It runs once."""
    RAN.append(asked)
    assert len(RAN) == 1
'''
    direct_run(checks)
    (check,) = direct_run.results()["checks"]
    assert check["verdict"] == "pass"


@pytest.mark.parametrize("way", ["inner_run", "direct_run"])
def test_what_a_check_prints_is_not_shown(request, way):
    """Nothing that a check says goes past redaction to the terminal."""
    checks = '''

@requirement("must")
def test_talks(asked):
    """Something is said."""
    print("a word of the check")
    assert asked.access_token == "other"
'''
    assert "a word of the check" not in request.getfixturevalue(way)(checks).stdout.str()


FIXTURES = '''

@pytest.fixture
def number():
    return 1


@pytest.fixture(autouse=True)
def around():
    AROUND.append("began")
    yield


AROUND = []


class TestInAClass:
    """A check in a class, as pytest has them."""

    @requirement("must")
    def test_method(self, asked, number, tmp_path):
        """A fixture is what pytest makes it."""
        assert asked.accepted and number == 1 and tmp_path.is_dir()


@requirement("must")
def test_after_the_fixture(asked):
    """The fixture for all has been used for this one too."""
    assert len(AROUND) == 2


@requirement("must")
@pytest.mark.skipif(True, reason="not today")
def test_skipped_by_its_mark(asked):
    """A mark decides."""
    assert False


@requirement("must")
@pytest.mark.parametrize("number", [3], indirect=True)
def test_indirect(number, asked):
    """A parameter of a fixture is not the value of the fixture."""
    assert number == 1
'''


def test_what_needs_pytest_gets_it(direct_run):
    """Fixtures of any kind, classes and marks of pytest work in suites of one's own."""
    direct_run(FIXTURES)
    verdicts = {check["id"].rpartition("::")[2]: check["verdict"] for check in direct_run.results()["checks"]}
    assert verdicts == {
        "test_method": "pass",
        "test_after_the_fixture": "pass",
        "test_skipped_by_its_mark": "not_applicable",
        "test_indirect[3]": "pass",
    }


def test_a_hook_of_the_suite_sees_its_checks(direct_run):
    """Where a conftest.py takes part in checks, they go through pytest's protocol."""
    folder = direct_run.folder / "theirs"
    folder.mkdir()
    (folder / "conftest.py").write_text("def pytest_runtest_setup(item):\n    print('theirs:', item.name)\n")
    (folder / "test_theirs.py").write_text(
        "from token_conformance import scenario\n\n\n"
        "@scenario(needs='client_credentials')\nasync def theirs(provider):\n    return await provider.client_credentials()\n\n\n"
        "def test_theirs(theirs):\n    assert theirs.accepted\n"
    )
    result = direct_run(CHECKS, "-s", "theirs")
    assert "theirs: test_theirs" in result.stdout.str()
    assert "theirs: test_holds" not in result.stdout.str()


def test_garbage_is_collected_from_the_first_check_on(inner_run):
    """Whoever switched it off for imports and collection; what a session brings in would pile up otherwise."""
    gc.disable()
    try:
        result = inner_run("import gc\n\n\ndef test_garbage(asked):\n    assert gc.isenabled()\n")
        result.assert_outcomes(passed=1)
    finally:
        gc.enable()
