"""The outcome of a check is a verdict, shown under its own name."""

import tomllib

import pytest

from token_conformance.judging.judgement import verdict_of

CHECKS = '''

@requirement("must")
def test_holds(asked):
    """An access token is handed over."""
    assert asked.accepted


@requirement("must")
def test_must_not_hold(asked):
    """A refresh token is handed over."""
    assert asked.refresh_token is not None


@requirement("should")
def test_should_not_hold(asked):
    """The answer tells the scope."""
    assert asked.scope, f"scope is {asked.scope!r}"


@requirement("must")
def test_cannot_tell(asked):
    """Nobody knows."""
    raise Inconclusive("the moon was in the way")


@requirement("must")
def test_does_not_concern(asked):
    """Nobody asked."""
    raise NotApplicable("there is no moon")


@requirement("must")
def test_breaks(asked):
    """We made a mistake."""
    return {}["nothing"]
'''


@pytest.fixture
def verdicts(inner_run):
    def verdicts(*arguments, checks=CHECKS, **more):
        inner_run(checks, *arguments, **more)
        return {
            check["id"].split("::")[1]: (check["verdict"], check["message"]) for check in inner_run.results()["checks"]
        }

    return verdicts


def test_each_outcome_has_its_verdict(verdicts):
    """A failed MUST fails, a failed SHOULD warns, what cannot be judged says why, and a defect is called one."""
    assert verdicts() == {
        "test_holds": ("pass", ""),
        "test_must_not_hold": (
            "fail",
            "expected: A refresh token is handed over; seen: 200 with an access token to POST /token (asked/1) (RFC 6749 §5.1)",
        ),
        "test_should_not_hold": ("warning", "scope is None (RFC 6749 §5.2)"),
        "test_cannot_tell": ("inconclusive", "the moon was in the way"),
        "test_does_not_concern": ("not_applicable", "there is no moon"),
        "test_breaks": ("error", "a defect of the suite: KeyError: 'nothing'"),
    }


def test_a_documented_deviation_is_no_failure(verdicts):
    """What the profile documents is a deviation; a different violation of the same requirement still fails."""
    deviation = {"requirement": "must", "because": "documented", "expect": {"absent": ["refresh_token"]}}
    judged = verdicts(deviations=[deviation])
    assert judged["test_must_not_hold"][0] == "deviation"
    other = deviation | {"expect": {"absent": ["access_token"]}}
    assert verdicts(deviations=[other])["test_must_not_hold"][0] == "fail"


def test_a_deviation_that_no_longer_deviates_is_reported(inner_run):
    """The profile is out of date where the provider conforms."""
    deviation = {"requirement": "must", "because": "documented", "expect": {"status": 401}}
    inner_run(CHECKS, "-k", "test_holds", deviations=[deviation])
    assert inner_run.results()["stale_deviations"] == ["must"]


def test_what_was_observed_at_a_provider_is_not_looked_for_at_the_reference_server(inner_run):
    """An emulated run says nothing of a departure that nobody documented, and that the reference server does not make."""
    deviation = {"requirement": "must", "because": "it was seen", "kind": "observed", "expect": {"status": 401}}
    inner_run(CHECKS, "-k", "test_holds", deviations=[deviation])
    assert inner_run.results()["server"] == "emulated"
    assert inner_run.results()["stale_deviations"] == []


CALLED = """

@requirement("must")
def test_refused(asked):
    \"\"\"It is refused.\"\"\"
    assert asked.accepted


@requirement("should")
def test_called_so(asked):
    \"\"\"The refusal has its name.\"\"\"
    from token_conformance.judging.findings import Finding, Findings

    raise Findings([Finding("unknown", asked.exchange, "should"), Finding("known", asked.exchange, "should", "must")])
"""


def test_a_deviation_that_explains_a_finding_elsewhere_is_not_out_of_date(inner_run):
    """What documents a refusal together with its code explains the code still, though the refusal is judged apart."""
    deviation = {"requirement": "must", "because": "documented", "expect": {"message": "known"}}
    inner_run(CALLED, deviations=[deviation])
    assert inner_run.results()["stale_deviations"] == []
    inner_run(CALLED, deviations=[deviation | {"expect": {"message": "something else"}}])
    assert inner_run.results()["stale_deviations"] == ["must"]


def test_terminal_names_the_verdicts(inner_run):
    """Each verdict stands in the terminal by its name."""
    result = inner_run(CHECKS, "-v")
    result.stdout.fnmatch_lines(
        ["*test_should_not_hold WARNING*", "*test_cannot_tell INCONCLUSIVE*", "*test_does_not_concern NOT APPLICABLE*"]
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_warnings_do_not_fail_a_run_unless_asked(inner_run):
    """A SHOULD changes the exit status under --warnings-fail alone."""
    assert inner_run(CHECKS, "-k", "should_not_hold or test_holds").ret == pytest.ExitCode.OK
    assert inner_run(CHECKS, "-k", "should_not_hold or test_holds", "--tc-strict").ret == pytest.ExitCode.TESTS_FAILED


def test_nothing_judged_is_not_a_success(inner_run):
    """A run that judged nothing exits with 5."""
    assert inner_run(CHECKS, "-k", "cannot_tell or does_not_concern").ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_failed_scenario_makes_its_checks_inconclusive(verdicts):
    """The reason why a scenario stopped is the reason of each of its checks."""
    checks = '''

@scenario(needs="client_credentials")
async def stopped(provider):
    """Stop at once."""
    raise Inconclusive("no login page")


@requirement("must")
def test_needs_the_page(stopped):
    """A page is there."""
    assert stopped
'''
    assert verdicts(checks=checks) == {"test_needs_the_page": ("inconclusive", "no login page")}


def test_a_check_cites_requirements_that_exist(inner_run):
    """A check of an unknown requirement is a mistake of the suite, told before anything is sent."""
    result = inner_run('\n\n@requirement("nowhere")\ndef test_x(asked):\n    """X."""\n')
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*'nowhere' is no requirement of the catalogue*"])


def test_failures_do_not_show_secrets(inner_run):
    """Neither a message nor the values of a failed check bring a token to the terminal."""
    checks = '''

@requirement("must")
def test_leaks(asked):
    """The token is another one."""
    token = asked.access_token
    assert token == "other", f"got {token}"


@requirement("must")
def test_breaks_with_a_token(asked):
    """A defect names a token."""
    raise RuntimeError(asked.access_token)
'''
    result = inner_run(checks, "-l", "-v", "--tb=long")
    assert "an-access-token-value" not in result.stdout.str() + result.stderr.str()


def test_the_exchange_that_a_failure_names_is_the_last_of_its_evidence(inner_run):
    """A check that looks at many answers shows the one that it failed for, and a deviation is held against that one."""
    checks = '''

@scenario(needs="client_credentials")
async def twice(provider):
    """Ask twice."""
    return await provider.client_credentials(), await provider.client_credentials()


@requirement("must")
def test_all_are_good(twice):
    """All answers are good."""
    assert all(answer.accepted for answer in twice)
    assert not twice, f"the answer to {twice[0].exchange} is bad"
'''
    inner_run(checks)
    (check,) = inner_run.results()["checks"]
    assert check["exchanges"] == ["twice/2", "twice/1"]


@pytest.mark.parametrize(("held_back", "verdict"), [(10.0, "fail"), (30.0, "inconclusive")])
def test_what_was_held_back_for_long_is_not_held_against_the_server(make_profile, make_exchange, held_back, verdict):
    """A code or an assertion may have expired while the provider had us wait."""
    seen = [make_exchange("{}", status=400, held_back=held_back)]
    found, message = verdict_of(AssertionError("it was refused"), (), make_profile(), seen, fact="It is accepted.")
    assert found == verdict
    assert ("held the request back for 30 s" in message) is (verdict == "inconclusive")


def test_a_red_check_says_what_it_violates_and_what_stands_behind_it(inner_run):
    """A cause is told with the exchange that shows it, beside its control."""
    checks = '''

@scenario(needs="client_credentials")
async def again(provider):
    """Ask twice."""
    return await provider.client_credentials(), await provider.client_credentials(scope="more")


@requirement("should", "must", formerly=("test_inner.py::test_old",))
def test_second_is_refused(again):
    """The second request is refused."""
    first, second = again
    assert not refusal(second, control=first).accepted
'''
    inner_run(checks)
    (check,), (cause,) = inner_run.results()["checks"], inner_run.results()["causes"]
    assert (check["violated"], check["formerly"]) == ("must", ["test_inner.py::test_old"])
    assert (cause["id"], cause["checks"]) == ("must", [check["id"]])
    shown = {name: cause["evidence"][0][name] for name in ("control", "offence", "differs")}
    assert shown == {"control": "again/1", "offence": "again/2", "differs": ["request.scope"]}


def test_the_summary_is_the_last_thing_on_the_terminal(inner_run):
    """Behind pytest's own, with the letters explained."""
    lines = inner_run(CHECKS).outlines
    (letters,) = [number for number, line in enumerate(lines) if line.startswith("letters: ")]
    assert max(number for number, line in enumerate(lines) if " failed" in line and " in " in line) < letters
    assert "FAIL     must: expected: A refresh token is handed over" in "\n".join(lines[letters:])
    assert lines[-2].startswith("report: ")
    assert lines[-2].endswith("junit.xml")
    assert lines[-1].startswith("example: Does not conform: ")


@pytest.mark.parametrize("ci", ["", "1"])
def test_requests_and_answers_come_with_more_words_alone(inner_run, monkeypatch, ci):
    """What a check saw stands in the reports; `-v` shows it as pytest does, and a CI system gets no more."""
    monkeypatch.setenv("CI", ci)
    shown = "asked/1  "
    assert shown not in inner_run(CHECKS).stdout.str()
    assert shown in inner_run(CHECKS, "-v").stdout.str()


def test_the_command_line_has_no_letters(inner_run):
    """All is counted, and nothing that matters is lost among letters."""
    lines = inner_run(CHECKS, "--tc-directly", "-q").outlines
    assert not [line for line in lines if line.startswith(("letters: ", "test_inner.py "))]
    assert any(line.startswith("2 failed, 1 passed") for line in lines)


def test_many_profiles_end_in_a_table(inner_run):
    """Each has its block, and then its row; one alone has no table."""
    lines = inner_run(CHECKS, profiles=("first", "second")).outlines
    heading, *rows = lines[-3:]
    assert heading.split() == ["profile", "server", "fail", "warning", "causes", "not", "judged", "verdict"]
    assert [row.split()[:4] for row in rows] == [["first", "emulated", "1", "1"], ["second", "emulated", "1", "1"]]
    assert not [line for line in inner_run(CHECKS).outlines if line.startswith("profile ")]


def test_a_session_lists_the_runs_of_its_folder(inner_run):
    """Once all of them are written, those of workers too."""
    inner_run(CHECKS, "-n", "2", profiles=("first", "second"))
    page = (inner_run.folder / "reports" / "index.html").read_text("utf-8")
    assert page.count('<th scope="row"><a href="') == 2


def test_facts_are_written_as_lines_for_the_profile(inner_run):
    """Where a file is named; a run without facts of refresh tokens has none of them."""
    inner_run(CHECKS, "-k", "test_holds", "--tc-write-facts", "facts.toml")
    facts = tomllib.loads((inner_run.folder / "facts.toml").read_text("utf-8"))
    assert facts == {}
    told = {fact["id"]: fact["measured"] for fact in inner_run.results()["facts"]}
    assert told["authentication-methods"] == "client_secret_basic"
    assert told["rotation"] == "unknown"


def test_facts_that_cannot_be_written_are_told(inner_run):
    """As a report that cannot be written is; the reports are there all the same."""
    result = inner_run(CHECKS, "-k", "test_holds", "--tc-write-facts", "nowhere/facts.toml")
    result.stdout.fnmatch_lines(["report: *junit.xml"])
    assert inner_run.results()["checks"]
    result.stdout.fnmatch_lines(["ERROR: the facts cannot be written to nowhere/facts.toml: No such file*"])
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_facts_are_those_of_one_profile(inner_run):
    """Two cannot be written into one file."""
    result = inner_run(CHECKS, "--tc-write-facts", "facts.toml", profiles=("one", "two"))
    result.stderr.fnmatch_lines(["*--write-facts writes the facts of one profile: give one*"])
