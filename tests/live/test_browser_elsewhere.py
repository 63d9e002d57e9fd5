"""The strategy `browser` at providers that nobody of this project wrote."""

from __future__ import annotations

import pytest

from tests.live.pages import needs_browser
from tests.live.running import findings, red, run, verdicts
from tests.live.setups import set_ups

pytestmark = [pytest.mark.browser, needs_browser()]

LEMONLDAP = set_ups()["lemonldap_ng/default"]

CODES = ("-k", "code_yields or code_works_once or rotation_is_as_documented or reuse_leaves")


def by_browser(profile, folder):
    """The same profile with the other strategy."""
    path = folder / profile.name
    path.write_text(profile.read_text("utf-8").replace('strategy = "form"', 'strategy = "browser"'))
    return path


@pytest.mark.nightly
@pytest.mark.node
def test_oidc_provider(start, tmp_path):
    """Login and consent of its development pages end in codes, again and again."""
    results = run(by_browser(start(rotate=True).profile(tmp_path), tmp_path), tmp_path, *CODES)
    assert red(results) == {}
    seen = verdicts(results)
    assert seen["test_code_yields_an_access_token"] == "pass"
    assert seen["test_reuse_leaves_other_logins_alone"] == "pass"


@pytest.mark.nightly
@pytest.mark.lemonldap
@pytest.mark.skipif(LEMONLDAP.missing is not None, reason=f"{LEMONLDAP.missing} is not there")
def test_lemonldap_ng(tmp_path):
    """Its portal, which the strategy form knows without scripts, works with them."""
    with LEMONLDAP.running() as said:
        results = run(by_browser(LEMONLDAP.folder / LEMONLDAP.profile, tmp_path), tmp_path, *CODES, said=said)
    assert findings(results, "fail", "error") == {}
    assert verdicts(results)["test_code_yields_an_access_token"] == "pass"
