"""Checks that need nothing but transcripts are judged directly, with the results that pytest's own protocol would give."""

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


def test_both_ways_lead_to_the_same_verdicts(inner_run):
    """Verdicts, messages, evidence and exit status do not depend on who runs the checks."""
    ways = [(inner_run(ALL_SORTS, *arguments), inner_run.results()) for arguments in ((), ("--directly",))]
    (usual, theirs), (direct, ours) = ways
    assert without_times(ours) == without_times(theirs)
    assert direct.ret == usual.ret
    assert len(ours["checks"]) == 10


def test_both_ways_look_the_same(inner_run):
    """A line for each check, a paragraph for each failure, and the numbers at the end."""
    for arguments in (("-v",), ("-v", "--directly")):
        result = inner_run(ALL_SORTS, *arguments)
        shown = result.stdout.str()
        assert "test_inner.py::test_each[2] FAILED" in shown
        assert "FAIL: expected: A refresh token is handed over" in shown


@pytest.mark.parametrize("way", [(), ("--directly",)])
def test_what_a_check_prints_is_not_shown(inner_run, way):
    """Nothing that a check says goes past redaction to the terminal."""
    checks = '''

@requirement("must")
def test_talks(asked):
    """Something is said."""
    print("a word of the check")
    assert asked.access_token == "other"
'''
    assert "a word of the check" not in inner_run(checks, *way).stdout.str()


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


def test_what_needs_pytest_gets_it(inner_run):
    """Fixtures of any kind, classes and marks of pytest work in suites of one's own."""
    inner_run(FIXTURES, "--directly")
    verdicts = {check["id"].rpartition("::")[2]: check["verdict"] for check in inner_run.results()["checks"]}
    assert verdicts == {
        "test_method": "pass",
        "test_after_the_fixture": "pass",
        "test_skipped_by_its_mark": "not_applicable",
        "test_indirect[3]": "pass",
    }


def test_a_hook_of_the_suite_sees_its_checks(inner_run):
    """Where a conftest.py takes part in checks, they go through pytest's protocol."""
    folder = inner_run.folder / "theirs"
    folder.mkdir()
    (folder / "conftest.py").write_text("def pytest_runtest_setup(item):\n    print('theirs:', item.name)\n")
    (folder / "test_theirs.py").write_text(
        "from token_conformance import scenario\n\n\n"
        "@scenario(needs='client_credentials')\nasync def theirs(provider):\n    return await provider.client_credentials()\n\n\n"
        "def test_theirs(theirs):\n    assert theirs.accepted\n"
    )
    result = inner_run(CHECKS, "--directly", "-s", "theirs")
    assert "theirs: test_theirs" in result.stdout.str()
    assert "theirs: test_holds" not in result.stdout.str()
