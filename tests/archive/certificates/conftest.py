"""A small certificate, and the key that signs it."""

from __future__ import annotations

import pytest

from tests.archive.certificates.small import CATALOGUE, PASSED, lines
from token_conformance.archive.certificates import keys
from token_conformance.archive.certificates.bundle import made, results_of
from token_conformance.archive.certificates.requirement_verdicts import frozen


@pytest.fixture(scope="session")
def key(tmp_path_factory):
    path = tmp_path_factory.mktemp("keys") / "key"
    keys.make(path)
    return path


@pytest.fixture(scope="session")
def make(key):
    """A bundle, by whoever signs it."""

    def make(results=PASSED, evidence=None, catalogue=CATALOGUE, by=key, **files):
        reports = {"results.json": results, "index.html": b"<p>", "report.html": b"<p>", "junit.xml": b"<t/>", **files}
        stands = frozen(results_of(results), {"oauth2"}, catalogue)
        return made(evidence or lines(), reports, stands, keys.signer(by))

    return make


@pytest.fixture(scope="session")
def small(make):
    return make()
