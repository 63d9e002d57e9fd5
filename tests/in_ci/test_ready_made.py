"""The GitHub action, the GitLab component and the container file: valid, and their steps do what they say."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.resources import files

import jsonschema
import pytest
import tomli
from ruamel.yaml import YAML

from token_conformance.layout import ROOT

SCHEMAS = files("check_jsonschema") / "builtin_schemas" / "vendor"
BASH = shutil.which("bash")
EXAMPLE = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
STRICTLY = ["--noprofile", "--norc", "-eo", "pipefail"]
"""How a step with `shell: bash` is run."""

INSTALLED = f"""#!/bin/sh
exec {sys.executable} -m token_conformance "$@"
"""


def documents(name):
    """The YAML documents of a file."""
    return list(YAML(typ="safe").load_all((ROOT / name).read_text("utf-8")))


@pytest.fixture(scope="module")
def action():
    """The action."""
    (action,) = documents("action.yml")
    return action


def test_the_action_keeps_the_schema_of_actions(action):
    """As it is published for editors."""
    jsonschema.validate(action, json.loads((SCHEMAS / "github-actions.json").read_text("utf-8")))


def test_no_input_is_pasted_into_a_script(action):
    """What somebody puts into an input is a variable of the shell, and never a part of its program."""
    assert not [step["name"] for step in action["runs"]["steps"] if "${{" in step["run"]]


@pytest.fixture
def step(action, tmp_path):
    """Runs the action's second step, in which the package is that of this checkout, and gives its end and its outputs."""
    if BASH is None:
        pytest.skip("needs bash")
    home = tmp_path / "token-conformance" / "bin"
    home.mkdir(parents=True)
    (home / "token-conformance").write_text(INSTALLED)
    (home / "token-conformance").chmod(0o755)

    def step(**inputs):
        _, testing = action["runs"]["steps"]
        usual = {name: given.get("default", "") for name, given in action["inputs"].items()} | inputs
        told = {
            name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: usual[found[1]], value)
            for name, value in testing["env"].items()
        }
        outputs = tmp_path / "outputs"
        outputs.touch()
        job = {"RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(outputs), "GITHUB_ACTIONS": "true"}
        environment = os.environ | {"PYTHONPATH": str(ROOT)} | job | told
        ended = subprocess.run(
            [BASH, *STRICTLY, "-c", testing["run"]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return ended, dict(line.split("=", 1) for line in outputs.read_text().splitlines())

    return step


def test_the_action_tests_and_tells_the_status(step, tmp_path):
    """Several profiles, and options with a status of their own."""
    ended, outputs = step(profile="generic-oidc\nerpnet", arguments="--emulated -k test_service_gets_a_token")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert outputs == {"status": "0"}
    assert {path.parent.parent.name for path in tmp_path.glob("reports/*/*/junit.xml")} == {"generic-oidc", "erpnet"}


def test_the_action_fails_where_the_run_does(step):
    """With the same status, and an annotation that says why."""
    arguments = "--emulated --fault wrong-secret-accepted -k test_wrong_secret_is_refused"
    ended, outputs = step(profile="generic-oidc", arguments=arguments)
    assert ended.returncode == 1
    assert outputs == {"status": "1"}
    assert "\n::error title=generic-oidc" in ended.stdout


def test_an_input_is_no_program(step, tmp_path):
    """What looks like one is a name of a profile that does not exist."""
    ended, outputs = step(profile="$(touch${IFS}owned);touch${IFS}owned", arguments="`touch owned` *")
    assert outputs == {"status": str(ended.returncode)}
    assert ended.returncode != 0
    assert not (tmp_path / "owned").exists()


@pytest.fixture(scope="module")
def component():
    """Head and jobs of the GitLab component."""
    return documents("templates/token-conformance.yml")


def test_the_component_keeps_the_schema_of_gitlab(component):
    """Its jobs do, once the inputs are filled in, and it asks for nothing that it does not use."""
    head, jobs = component
    text = json.dumps(jobs)
    inputs = head["spec"]["inputs"]
    assert set(re.findall(r"\$\[\[ inputs\.(\w+) \]\]", text)) == set(inputs)
    filled = re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda found: inputs[found[1]].get("default") or "x", text)
    jsonschema.validate(json.loads(filled), json.loads((SCHEMAS / "gitlab-ci.json").read_text("utf-8")))


def test_the_component_tests(component, tmp_path):
    """The last line of its script, where the package is installed."""
    _, (job,) = component[0], component[1].values()
    home = tmp_path / ".token-conformance" / "bin"
    home.mkdir(parents=True)
    (home / "token-conformance").write_text(INSTALLED)
    (home / "token-conformance").chmod(0o755)
    told = {"TC_PROFILE": "generic-oidc", "TC_ARGUMENTS": "--emulated -k test_service_gets_a_token"}
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | told
    script = job["script"][-1]
    ended = subprocess.run(["sh", "-ec", script], cwd=tmp_path, env=environment, check=False, timeout=120)
    assert ended.returncode == 0
    assert len(list(tmp_path.glob(job["artifacts"]["reports"]["junit"]))) == 1


def examples():
    """The YAML examples of docs/ci.md."""
    for found in EXAMPLE.finditer((ROOT / "docs" / "ci.md").read_text("utf-8")):
        yield YAML(typ="safe").load(found[1])


def as_a_workflow(example):
    """What stands in a workflow, as a whole one."""
    jobs = example.get("jobs") or {"test": {"runs-on": "ubuntu-latest", **example}}
    return {"on": "push", "jobs": jobs}


def test_the_examples_keep_their_schemas():
    """Each is YAML, and a workflow of GitHub or a pipeline of GitLab, as it is pasted."""
    of_github, of_gitlab = [], []
    for example in examples():
        (of_github if "jobs" in example or "steps" in example else of_gitlab).append(example)
    assert (len(of_github), len(of_gitlab)) == (2, 2)
    for example in of_github:
        jsonschema.validate(as_a_workflow(example), json.loads((SCHEMAS / "github-workflows.json").read_text("utf-8")))
    for example in of_gitlab:
        jsonschema.validate(example, json.loads((SCHEMAS / "gitlab-ci.json").read_text("utf-8")))


def test_the_examples_give_the_ready_made_what_they_ask_for(action, component):
    """Their inputs exist, and those that have to be given are."""
    used = [*examples()]
    (step,) = (step for example in used for step in example.get("steps", ()) if "token-conformance@" in step["uses"])
    (included,) = (each for example in used for each in example.get("include", ()))
    for given, inputs in ((step["with"], action["inputs"]), (included["inputs"], component[0]["spec"]["inputs"])):
        assert given.keys() <= inputs.keys()
        assert {name for name, each in inputs.items() if "default" not in each} <= given.keys()


def test_the_container_file_copies_what_the_wheel_takes():
    """Everything that is built in, nothing that is not there; who runs it is not root."""
    lines = (ROOT / "Containerfile").read_text("utf-8").splitlines()
    copied = {
        word for line in lines if line.startswith("COPY ") and "--from" not in line for word in line.split()[1:-1]
    }
    built = tomli.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]
    assert set(built["wheel"]["only-include"]) <= copied
    assert not [name for name in copied if not (ROOT / name).exists()]
    assert [line for line in lines if line.startswith("USER ")] == ["USER tester"]
    assert 'ENTRYPOINT ["token-conformance"]' in lines
