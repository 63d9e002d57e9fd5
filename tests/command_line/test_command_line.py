"""The command line says what it does, and one clear sentence where it cannot."""

import json
import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from token_conformance.command_line.main import COMMANDS, main
from token_conformance.command_line.run import pytest_arguments
from token_conformance.layout import PROFILES, ROOT
from token_conformance.report.room import MOST_LINES
from token_conformance.results.exit_status import USAGE_ERROR

OPTIONS = {
    "live": False,
    "emulated": False,
    "recorded": (),
    "report_dir": "reports",
    "write_facts": None,
    "plan": False,
    "probe": False,
    "resume": None,
    "park": False,
    "due": False,
    "no_repeat": False,
    "evidence": False,
    "no_evidence": False,
    "no_recording": False,
    "strict": False,
    "complete": False,
    "fault": (),
    "variation": (),
    "require": (),
    "suites": (),
    "keywords": None,
    "marks": None,
    "workers": None,
    "verbose": False,
    "session_file": None,
    "keyring": False,
    "env_files": (),
    "proxy": None,
}


@pytest.fixture
def command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, arguments)


def test_profiles_are_listed_with_their_names(command):
    """Each profile of the folder stands there with the provider's name."""
    listed = command("profiles").output
    assert [line.split()[0] for line in listed.splitlines()] == sorted(path.stem for path in PROFILES.glob("*.toml"))
    assert "ERP.net" in listed


def test_a_profile_says_what_it_needs(command, tmp_path):
    """Each variable, what it is for, and whether it is set, by a file too; what people are to know stands above."""
    (tmp_path / ".env").write_text("TWOBA_USERNAME=alice\n")
    told = command("profiles", "2ba", "--env-file", ".env").output
    assert "ask 2BA for" in told
    lines = {line.split()[0]: line for line in told.splitlines() if line.startswith("  TWOBA")}
    assert " not set " in lines["TWOBA_CLIENT_ID"]
    assert " set " in lines["TWOBA_USERNAME"]
    assert " not needed " in lines["TWOBA_REDIRECT_URI"]
    assert "The user's password." in lines["TWOBA_PASSWORD"]
    assert command("profiles", "nowhere").exit_code == 4


@pytest.mark.parametrize(
    "arguments",
    [
        ("--nothing",),
        ("nothing",),
        ("verify", "nowhere.zip"),
        ("merge", "nowhere"),
        ("diff", "one"),
        ("run", "--nothing"),
    ],
)
def test_what_cannot_be_used_is_no_interruption(command, arguments):
    """2, which click says of it, is the status of a run that was interrupted."""
    result = command(*arguments)
    assert result.exit_code == USAGE_ERROR
    assert "Error: " in result.output


def test_profiles_and_requirements_are_there_for_programs(command):
    """As JSON, with what the lists say and more."""
    profiles = {each["name"]: each for each in json.loads(command("profiles", "--json").output)}
    assert set(profiles) == {path.stem for path in PROFILES.glob("*.toml")}
    one = json.loads(command("profiles", "erpnet", "--json").output)
    assert one == profiles["erpnet"]
    assert {"name", "places", "purpose", "use", "set"} == set(one["variables"][0])
    requirements = {each["id"]: each for each in json.loads(command("requirements", "--json").output)}
    assert requirements["rfc6749-5.1-access-token"]["checks"] == ["response_fields::test_access_token_is_there"]
    assert requirements["rfc6749-2.3.1-brute-force"]["untested"]


def test_a_folder_is_tested_profile_by_profile(tmp_path):
    """Each is announced, with the variables of its plan."""
    for name in ("test", "production"):
        (tmp_path / f"{name}.toml").write_text('extends = "2ba"\n')
    options = ["--plan", "--emulated", "-k", "test_errors"]
    command = [sys.executable, "-m", "token_conformance", "run", str(tmp_path), *options]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120).stdout
    emulated = "emulated: the reference server takes on what the profile documents"
    assert [line for line in told.splitlines() if emulated in line] == [
        f"{name}: {emulated}" for name in ("production", "test")
    ]
    assert told.count("TWOBA_PASSWORD") == 2
    assert [line.partition(":")[0] for line in told.splitlines() if "an estimate" in line] == ["production", "test"]


def test_a_run_takes_its_variables_from_a_file(tmp_path):
    """It is live then, as with variables of the environment, and goes where it is told."""
    names = ("CLIENT_ID", "CLIENT_SECRET", "USERNAME", "PASSWORD")
    (tmp_path / "my.env").write_text("".join(f"TWOBA_{name}='canary-$value'\n" for name in names))
    options = ["--plan", "-k", "test_errors", "--env-file", str(tmp_path / "my.env"), "--proxy", "env"]
    command = [sys.executable, "-m", "token_conformance", "run", "2ba", *options]
    environment = os.environ | {"HTTPS_PROXY": "http://me:canary-word@proxy.example:3128", "NO_PROXY": ""}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=120)
    through = "requests go through the proxy of the environment http://proxy.example:3128"
    assert f"2ba: live at https://authorize.2ba.nl/connect/token; {through}" in ended.stdout
    assert "canary" not in ended.stdout + ended.stderr


def test_schema_is_json(command):
    """The JSON Schema of the profile format can be given to an editor."""
    assert json.loads(command("schema").output)["properties"]["clients"]


def test_requirements_are_listed(command):
    """A requirement stands with its level, its clause and its checks; the last line counts what is covered."""
    lines = command("requirements").output.splitlines()
    (line,) = [line for line in lines if line.startswith("rfc6749-5.1-access-token ")]
    assert line.split()[1:8] == ["MUST", "RFC", "6749", "§5.1", "1", "check", "access_token"]
    assert "untested" in next(line for line in lines if line.startswith("rfc6749-2.3.1-brute-force "))
    assert "requirements:" in lines[-1]


def test_explain_says_why_and_how(command):
    """A requirement is explained to somebody who has to mend a server."""
    output = command("explain", "rfc6749-5.1-access-token").output
    assert "RFC 6749 §5.1" in output
    assert "Why it matters" in output
    assert "response_fields::test_access_token_is_there" in output
    assert "How a server is mended" in output
    assert output.endswith("site/requirements/rfc-6749.html#rfc6749-5.1-access-token\n")


def test_an_unknown_requirement_is_a_usage_error(command):
    """The sentence says where the known ones are."""
    result = command("explain", "rfc0000")
    assert result.exit_code == 4
    assert "'rfc0000' is no requirement of the catalogue" in result.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("run", "nowhere"),
            "no profile 'nowhere': expected the path of a .toml file or one of 2ba, auth0",
        ),
        (("run", "generic-oidc", "--live"), "clients[0].client_id: ${OIDC_CLIENT_ID} is not set"),
        (("run", "generic-oidc", "--recorded"), "no recording comes with this profile"),
        (("run", "generic-oidc", "--emulated", "--live"), "exclude each other"),
        (("run", "generic-oidc", "--fault", "no-such-fault"), "no-such-fault"),
        (("run", "generic-oidc", "--live", "--due", "--evidence"), "no evidence is written: leave out --evidence"),
    ],
)
def test_a_run_that_cannot_begin_says_why(command, arguments, sentence):
    """One sentence for each thing to mend, exit status 4, no traceback, no report."""
    result = command(*arguments)
    assert result.exit_code == 4
    assert sentence in result.output
    assert "Traceback" not in result.output


def test_metadata_of_another_issuer_end_the_run(tmp_path):
    """With status 4 where nothing else names the endpoints; the red and what was judged are in the reports."""
    profile = ROOT / "tests" / "suites" / "everything.toml"
    options = ["--emulated", "--fault", "metadata-issuer-suffix", "-k", "test_metadata", "--report-dir", str(tmp_path)]
    command = [sys.executable, "-m", "token_conformance", "run", str(profile), *options]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 4
    assert "ERROR: the metadata at https://op.example/.well-known/openid-configuration name the issuer" in ended.stdout
    (path,) = tmp_path.rglob("results.json")
    checks = json.loads(path.read_text("utf-8"))["checks"]
    assert [check["violated"] for check in checks if check["verdict"] == "fail"] == ["rfc8414-issuer"]


def test_what_no_check_looks_for_is_seen_on_the_way(tmp_path):
    """The one check that is selected does not judge reuse; the oracle does, and tells the story that led to it."""
    profile = ROOT / "tests" / "suites" / "everything.toml"
    selected = ["-k", "test_public_client_gets_new_refresh_tokens", "--report-dir", str(tmp_path)]
    options = ["--emulated", "--fault", "refresh-reuse-accepted", *selected]
    command = [sys.executable, "-m", "token_conformance", "run", str(profile), *options]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    requirement = "rfc9700-4.14.2-old-token-refused"
    assert ended.returncode == 1
    assert f"FAIL     {requirement}: seen on the way: refresh token A1 was accepted after it was used" in ended.stdout
    assert len(ended.stdout.splitlines()) <= MOST_LINES
    (path,) = tmp_path.rglob("results.json")
    (seen,) = json.loads(path.read_text("utf-8"))["seen_on_the_way"]
    assert (seen["requirement"], seen["story"][-1]["exchange"]) == (requirement, seen["exchange"])
    page = (path.parent / "report.html").read_text("utf-8")
    assert "<h2>Seen on the way</h2>" in page
    assert f'<pre id="{seen["exchange"]}">' in page


def test_a_run_is_a_pytest_run():
    """Options of `run` are pytest's, or the plugin's."""
    arguments = pytest_arguments(
        ("a", "b"), OPTIONS | {"keywords": "refresh", "workers": "2", "strict": True, "recorded": ("", "some.har")}
    )
    for pair in (("--profile", "a"), ("--profile", "b"), ("-k", "refresh"), ("-n", "2")):
        assert any(arguments[place : place + 2] == list(pair) for place in range(len(arguments)))
    assert {"--tc-strict", "--tc-recorded", "--tc-recorded=some.har", "--tc-report-dir=reports"} <= set(arguments)
    reaching = pytest_arguments(("a",), OPTIONS | {"env_files": (".env", "b.env"), "proxy": "env"})
    assert {"--tc-env-file=.env", "--tc-env-file=b.env", "--tc-proxy=env"} <= set(reaching)


def test_help_says_of_each_command_what_it_says_itself(command):
    """The list of commands, which is printed without importing them, keeps to their own first sentences."""
    context = click.Context(main)
    for name, listed in COMMANDS.items():
        own = main.get_command(context, name).help.split("\n\n")[0]
        assert " ".join(own.split()) == listed.short_help


@pytest.mark.parametrize(
    "arguments", [["--help"], ["profiles"], ["requirements"], ["explain", "rfc6749-5.1-access-token"]]
)
def test_a_command_that_sends_nothing_imports_no_library_for_it(arguments):
    """Lists and help are there at once: pytest, HTTP, validation and JOSE are imported by what uses them."""
    loaded = "import sys; from token_conformance.command_line.main import COMMANDS, main; main(standalone_mode=False); print(*sys.modules)"
    ended = subprocess.run(
        [sys.executable, "-c", loaded, *arguments], capture_output=True, text=True, check=True, cwd=ROOT
    )
    roots = {module.partition(".")[0] for module in ended.stdout.splitlines()[-1].split()}
    assert roots & {"pytest", "_pytest", "httpx", "respx", "authlib", "joserfc", "pydantic", "cryptography"} == set()
