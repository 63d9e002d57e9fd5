"""What the plugin is to those who did not ask for it, and how it is come by: by its entry point, by name, or by both."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
import tomli

from token_conformance.layout import ROOT
from token_conformance.plugin import flags

BESIDE = [
    "anyio",
    "pytest-asyncio",
    "pytest-bdd",
    "pytest-benchmark",
    "pytest-cov",
    "pytest-django",
    "pytest-env",
    "pytest-freezer",
    "pytest-html",
    "pytest-httpx",
    "pytest-metadata",
    "pytest-mock",
    "pytest-order",
    "pytest-randomly",
    "pytest-repeat",
    "pytest-rerunfailures",
    "pytest-socket",
    "pytest-sugar",
    "pytest-timeout",
    "pytest-xdist",
]
"""The plugins that most projects have, as they are installed."""

HEAVY = {"httpx", "pydantic", "jinja2", "lxml", "authlib", "joserfc", "asyncio", "uvicorn", "click", "respx"}

ENTRY_POINT = "[pytest11]\ntoken_conformance.plugin = token_conformance.plugin\n"

OWN_TESTS = """
def test_of_ones_own():
    assert 1 + 1 == 2
"""


OWN_SUITE = '''
from token_conformance import requirement, scenario


@scenario(needs="client_credentials")
async def asked(provider):
    """Ask once."""
    return await provider.client_credentials()


@requirement("rfc6749-5.1-token-type")
def test_of_the_provider(asked):
    """A token has a type."""
    assert asked.access_token
'''


def installed(folder: Path) -> dict[str, str]:
    """An environment in which the package looks as if it were installed: its metadata name the plugin."""
    metadata = folder / "metadata" / "token_conformance-0.1.0.dist-info"
    metadata.mkdir(parents=True, exist_ok=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: token-conformance\nVersion: 0.1.0\n")
    (metadata / "entry_points.txt").write_text(ENTRY_POINT)
    (metadata / "RECORD").write_text("token_conformance/__init__.py,,\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return kept | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(metadata.parent)])}


def session(folder: Path, *arguments: str, python: str = sys.executable, **changes: str) -> subprocess.CompletedProcess:
    """A session of pytest in a project of somebody else."""
    project = folder / "project"
    project.mkdir(exist_ok=True)
    (project / "pytest.toml").write_text("[pytest]\n")
    (project / "test_own.py").write_text(OWN_TESTS)
    (project / "suite.py").write_text(OWN_SUITE)
    environment = installed(folder) | changes
    command = [python, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def test_the_entry_point_has_the_name_by_which_a_conftest_asks_for_it():
    """Pytest loads one plugin of a name."""
    declared = tomli.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["pytest11"]
    assert declared == {"token_conformance.plugin": "token_conformance.plugin"}


def test_the_door_imports_next_to_nothing():
    """Whoever has the package installed pays for it in every session of pytest."""
    code = (
        "import sys, pytest; before = set(sys.modules); import token_conformance.plugin;"
        "import json; print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    imported = json.loads(ended.stdout)
    assert len(imported) < 12, imported
    assert HEAVY.isdisjoint(imported)


AT_ITS_END = """
import sys

def pytest_unconfigure():
    print("IMPORTED", sorted(name for name in sys.modules if name.startswith("token_conformance.plugin.")))
"""


def test_a_session_that_does_not_ask_hears_nothing_of_it(tmp_path):
    """Not in its header, not in its results, and but its options are imported."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "conftest.py").write_text(AT_ITS_END)
    ended = session(tmp_path, "-v")
    assert ended.returncode == 0, ended.stdout
    assert "1 passed" in ended.stdout
    assert "IMPORTED ['token_conformance.plugin.flags']" in ended.stdout
    assert "generic-oidc" not in ended.stdout


@pytest.mark.parametrize("conftest", ["", "pytest_plugins = ['token_conformance.plugin']\n"])
@pytest.mark.parametrize("named", [(), ("-p", "token_conformance.plugin")])
def test_the_plugin_is_loaded_once_however_often_it_is_asked_for(tmp_path, conftest, named):
    """By its entry point, by a conftest.py, by `-p`: one run comes of it."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "conftest.py").write_text(conftest)
    ended = session(tmp_path, "--profile", "generic-oidc", "--tc-emulated", *named, "suite.py")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert len(list((tmp_path / "project").rglob("results.json"))) == 1


def test_its_options_have_names_of_their_own(pytester):
    """All but `--profile` begin alike, so that they meet those of no other plugin."""
    told = pytester.runpytest_inprocess("-p", "token_conformance.plugin", "--help").stdout.str()
    ours = told.partition("conformance of OAuth 2.0")[2].partition("\n\n")[0]
    names = {word.rstrip(",").partition("=")[0] for line in ours.splitlines() for word in line.split()[:1]}
    options = {name for name in names if name.startswith("--")}
    assert {name for name in options if not name.startswith(flags.PREFIX)} == {"--profile"}
    assert "--tc-live" in options


def test_its_options_are_kept_under_names_of_their_own(pytester):
    """Those of pytest and of all others stay what they were, where nobody asks for a run."""
    bare = vars(pytester.parseconfig("-p", "no:token_conformance.plugin").option)
    beside = vars(pytester.parseconfig("-p", "token_conformance.plugin").option)
    assert {name for name in beside.keys() - bare.keys() if not name.startswith(flags.KEPT_AS)} == set()
    assert {name: beside[name] for name in bare.keys() - {"plugins"}} == {
        name: bare[name] for name in bare.keys() - {"plugins"}
    }


def test_a_check_without_a_provider_says_what_it_needs(pytester):
    """A suite that is collected without a profile."""
    pytester.makepyfile("def test_something(conformance_run):\n    pass\n")
    result = pytester.runpytest_inprocess("-p", "token_conformance.plugin")
    result.stdout.fnmatch_lines(["*a check needs a provider: give one with --profile NAME*"])


@pytest.mark.nightly
def test_a_run_goes_well_beside_the_commonest_plugins(tmp_path):
    """Twenty plugins are in the session, and one's own tests and a run of the suite come to the same as without them."""
    venv.create(tmp_path / "environment", with_pip=True, system_site_packages=False)
    python = str(tmp_path / "environment" / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    install = [python, "-m", "pip", "install", "-q", "django", str(ROOT), *BESIDE]
    subprocess.run(install, check=True, timeout=900)
    beside = {"PYTHONPATH": ""}
    own = session(tmp_path, "-p", "no:randomly", python=python, **beside)
    assert own.returncode == 0, own.stdout + own.stderr
    checks = ("--profile", "generic-oidc", "--tc-emulated", "-m", "refresh or rotation")
    ended = session(tmp_path, *checks, python=python, **beside)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    workers = session(tmp_path, *checks, "-n", "2", python=python, **beside)
    assert workers.returncode == 0, workers.stdout + workers.stderr
    found = [json.loads(path.read_text("utf-8")) for path in (tmp_path / "project").rglob("results.json")]
    assert len(found) == 2
    assert found[0]["summary"] == found[1]["summary"]
