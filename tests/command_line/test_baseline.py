"""`--baseline` of the whole command, each run in a process of its own."""

import os
import re
import subprocess
import sys
import tomllib

from token_conformance.layout import ROOT


def run(folder, *arguments):
    """The last line, the status, and the whole output of a recorded run of 2BA."""
    command = [
        sys.executable,
        "-m",
        "token_conformance",
        "run",
        "2ba",
        "--recorded",
        "--baseline",
        "known.toml",
        *arguments,
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return (done.stdout.splitlines() or [""])[-1], done.returncode, done.stdout + done.stderr


def test_a_provider_that_does_not_conform_passes_once_it_is_known(tmp_path):
    """Its findings by their cause as well; an id of an older day, or of nobody, is found out."""
    path = tmp_path / "known.toml"
    _, status, output = run(tmp_path)
    assert (status, "known.toml: no such file; with --update-baseline a run writes it" in output) == (4, True)
    last, status, _ = run(tmp_path, "--update-baseline")
    assert (status, "Does not conform: 1 check failed; by known.toml 0 new, 1 known" in last) == (0, True)
    known = tomllib.loads(path.read_text())["profiles"]["2ba"]["known"]
    by_cause = path.read_text().replace(f'check = "{known[0]["check"]}"', 'cause = "rfc6749-5.1-token-type"')
    path.write_text(by_cause)
    _, status, output = run(tmp_path)
    assert (status, re.search(r"^BASELINE known.toml: 0 new, 1 known$", output, re.MULTILINE) is not None) == (0, True)
    path.write_text(by_cause.replace("5.1-token-type", "5.1-tokentype"))
    _, status, output = run(tmp_path)
    assert (status, 'did you mean "rfc6749-5.1-token-type"?' in output) == (1, True)
