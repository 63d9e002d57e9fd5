"""The strategy `browser` at providers that nobody of this project wrote."""

from __future__ import annotations

import json
import sys

import pytest

from tests.live.lemonldap_ng import test_lemonldap_ng as lemonldap
from tests.live.pages import needs_browser
from tests.live.running import findings, red, run, serving, verdicts

pytestmark = [pytest.mark.browser, needs_browser()]

CODES = ("-k", "code_yields or code_works_once or rotation_is_as_documented or reuse_leaves")


def by_browser(profile, folder):
    """The same profile with the other strategy."""
    path = folder / profile.name
    path.write_text(profile.read_text("utf-8").replace('strategy = "form"', 'strategy = "browser"'))
    return path


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
@pytest.mark.skipif(lemonldap.pytestmark[1].args[0], reason="LemonLDAP::NG is not installed")
def test_lemonldap_ng(tmp_path):
    """Its portal, which the strategy form knows without scripts, works with them."""
    with serving([sys.executable, "server.py", json.dumps({})], lemonldap.HERE) as said:
        results = run(by_browser(lemonldap.PROFILE, tmp_path), tmp_path, *CODES, said=said)
    assert findings(results, "fail", "error") == {}
    assert verdicts(results)["test_code_yields_an_access_token"] == "pass"
