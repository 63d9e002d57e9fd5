"""The checks of a profile stay together, under the ids that they have without others."""

import pytest

from token_conformance.plugin.workers import profile_in, without_profile

NAMES = ("2ba", "generic-oidc")


@pytest.mark.parametrize(
    ("nodeid", "profile", "alone"),
    [
        ("suites/test_a.py::test_b[2ba]", "2ba", "suites/test_a.py::test_b"),
        ("suites/test_a.py::test_b[generic-oidc]", "generic-oidc", "suites/test_a.py::test_b"),
        ("suites/test_a.py::test_b[generic-oidc-code]", "generic-oidc", "suites/test_a.py::test_b[code]"),
        ("suites/test_a.py::test_b[code-generic-oidc]", "generic-oidc", "suites/test_a.py::test_b[code]"),
        ("suites/test_a.py::test_2ba", "2ba", "suites/test_a.py::test_2ba"),
    ],
)
def test_a_profile_is_found_among_the_parameters(nodeid, profile, alone):
    """The profile stands before or behind the check's own parameters, and is no part of the id in reports."""
    assert profile_in(nodeid, NAMES) == profile
    assert without_profile(nodeid, profile) == alone


def test_the_longest_name_counts():
    """A profile whose name ends or begins like that of another one is not taken for it."""
    names = ("oidc", "generic-oidc", "generic")
    assert profile_in("suites/test_a.py::test_b[code-generic-oidc]", names) == "generic-oidc"
    assert profile_in("suites/test_a.py::test_b[generic-oidc-code]", names) == "generic-oidc"


def test_many_profiles_are_told_apart_at_once():
    """What a hundred profiles take is a hundred times what one takes."""
    names = dict.fromkeys(f"profile-{number}" for number in range(100))
    assert [profile_in(f"suites/test_a.py::test_b[{name}]", names) for name in names] == list(names)
