"""`--baseline` of the whole command, each run in a process of its own."""

import os
import subprocess
import sys
import tomllib

from token_conformance.layout import ROOT

COMMAND = [sys.executable, "-m", "token_conformance", "run", "2ba", "--recorded", "-v", "--baseline", "known.toml"]


def run(folder, *arguments):
    """The status of a recorded run of 2BA, and all that it says."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*COMMAND, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_a_provider_that_does_not_conform_passes_once_it_is_known(tmp_path):
    """Its findings by their cause as well; an id that names nothing is found out."""
    path = tmp_path / "known.toml"
    status, said = run(tmp_path)
    assert (status, "known.toml: no such file; with --update-baseline a run writes it" in said) == (4, True), said
    status, said = run(tmp_path, "--update-baseline")
    assert (status, "Does not conform: 1 check failed; by known.toml 0 new, 1 known" in said) == (0, True), said
    (known,) = tomllib.loads(path.read_text())["profiles"]["2ba"]["known"]
    by_cause = path.read_text().replace(f'check = "{known["check"]}"', 'cause = "rfc6749-5.1-token-type"')
    path.write_text(by_cause)
    status, said = run(tmp_path)
    assert (status, "BASELINE known.toml: 0 new, 1 known (1 without a reason or an owner)" in said) == (0, True), said
    path.write_text(by_cause.replace("5.1-token-type", "5.1-tokentype"))
    status, said = run(tmp_path)
    assert (status, 'did you mean "rfc6749-5.1-token-type"?' in said) == (1, True), said
