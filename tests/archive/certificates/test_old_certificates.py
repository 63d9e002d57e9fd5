"""A certificate that was made once can be opened by every later suite."""

from __future__ import annotations

from pathlib import Path

from tests.archive.certificates.small import check, newer, results
from token_conformance.archive.certificates.bundle import opened_bundle
from token_conformance.archive.certificates.extract import extract, opened_extract
from token_conformance.archive.certificates.holding import holding

OLD = Path(__file__).with_name("of-schema-1.zip")
"""Made when the format was new, by a key that nobody has any more; where it cannot be opened, old certificates cannot."""


def test_an_old_certificate_is_intact():
    """Whatever was added to evidence, results and claims since."""
    bundle = opened_bundle(OLD.read_bytes())
    assert not bundle.of_this_suite
    assert {each.id: each.verdict for each in bundle.certificate.requirements} == {
        "rfc6749-5-first": "pass",
        "rfc6749-5-second": "warning",
        "rfc6749-5-unseen": "not_testable",
    }
    assert opened_extract(extract(bundle, "login/1").written()) == ("login/1", bundle.signed)


def test_an_old_certificate_holds_by_a_newer_catalogue():
    """Which asks for more, at other levels: that is told beside it."""
    again = results(check("rfc6749-5-once"), check("rfc6749-5-second", "fail"), check("rfc6749-5-third", "fail"))
    found = holding(opened_bundle(OLD.read_bytes()), again, newer())
    assert found.holds
    assert found.now == (
        "rfc6749-5-second is of level MUST by now, and was SHOULD: fail",
        "rfc6749-5-third (RFC 6749 §5, MUST) is asked by now: fail",
        "rfc6749-5-unseen is not asked any more",
    )
