"""Where nobody can log in, the run says so in one sentence, with exit status 4, and reports what it has gathered."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from starlette.responses import HTMLResponse, RedirectResponse

from tests.certificates import certificates
from tests.live.pages import AUTHORIZE, CONSENT, LOGIN, PASSWORD, Replaced, needs_browser, reference_server, run
from token_conformance.reference.loopback import LoopbackServer, server_tls

CALLBACK = "https://app.example/callback"
CHECKS = ("-k", "code_yields or service_gets or two_logins or access_token_is_not_the_refresh or login_yields")
FOLDER = Path(certificates()["CERTIFICATES"])


IN_A_BROWSER = [pytest.mark.browser, needs_browser()]

both_ways = pytest.mark.parametrize(
    "strategy", ["form", pytest.param("browser", marks=IN_A_BROWSER)], ids=["form", "browser"], indirect=True
)
"""For what a browser tells in its own words; the rest is read alike, and tried in a browser by night."""


@pytest.fixture(params=["form", pytest.param("browser", marks=[*IN_A_BROWSER, pytest.mark.nightly])])
def strategy(request):
    """Either way through the pages of a provider."""
    return request.param


@pytest.fixture
def refused(strategy, tmp_path):
    """Runs the tool at a reference server that is another one, and gives the end of it."""

    def refused(answers=None, changes=None):
        with reference_server(
            tmp_path, strategy, alter=partial(Replaced, answers=answers or {}), changes=changes or {}
        ) as profile:
            return run(profile, *CHECKS)

    return refused


def assert_refused(ended, *sentences):
    """One sentence, status 4, a report, and nothing red in it."""
    (line,) = ended.errors
    assert all(sentence in line for sentence in sentences), line
    assert ended.status == 4, ended.said
    assert "Traceback" not in ended.said
    assert not {"fail", "error"} & set(ended.verdicts.values()), ended.said
    assert ended.verdicts["code_yields_an_access_token"] == "inconclusive"
    assert PASSWORD not in ended.written


def page(content, status=200):
    return HTMLResponse(f"<title>A page</title><body>{content}</body>", status)


def to_client(**members):
    query = "&".join(f"{name}={value}" for name, value in members.items())
    return RedirectResponse(f"{CALLBACK}?{query}", 303)


@both_ways
def test_a_wrong_password(refused):
    """The provider's own words are repeated, and what needs no login is judged all the same."""
    ended = refused(changes={PASSWORD: "a-wrong-password-0001"})
    assert_refused(
        ended,
        "ERROR: the user cannot log in: the provider showed the login form again: check login.username and "
        "login.password. It says: The user name or the password is wrong.",
    )
    assert ended.verdicts["service_gets_a_token"] == "pass"
    assert "a-wrong-password-0001" not in ended.written


def test_a_wrong_password_is_tried_once(strategy, tmp_path):
    """A provider that locks accounts has nothing to lock."""
    seen = []

    def watched(application):
        watching = Replaced(application, {})
        seen.append(watching)
        return watching

    with reference_server(tmp_path, strategy, alter=watched, changes={PASSWORD: "a-wrong-password-0001"}) as profile:
        run(profile, *CHECKS)
    assert seen[0].seen.count(("POST", LOGIN)) == 1


def test_a_wrong_client_secret(refused):
    """The client is named, and no check blames the server for its refusal."""
    ended = refused(changes={'client_secret = "s3cret:+/%of the app"': 'client_secret = "a-wrong-secret-0001"'})
    assert_refused(ended, 'the token endpoint refuses client "app", 401 invalid_client', "check its credentials")
    assert ended.verdicts["service_gets_a_token"] == "pass"


def test_a_second_factor(refused, strategy):
    """A page that asks for a code ends the login."""
    ask = page("<form method=post><input name=otp><button>Verify</button></form>")
    ended = refused({("POST", LOGIN): ask})
    assert_refused(ended, f"asks for a second factor: strategy {strategy} has none to give")


def test_a_captcha(refused, strategy):
    """A puzzle before the login form ends the login."""
    ended = refused({("GET", AUTHORIZE): page('<div class="g-recaptcha"></div><p>Are you human?', 403)})
    assert_refused(ended, f"asks for a CAPTCHA: strategy {strategy} cannot solve it")


def test_consent_denied(refused):
    """What the provider answers for the user is told."""
    ended = refused({("POST", CONSENT): to_client(error="access_denied", error_description="Not+for+you")})
    assert_refused(ended, "gave no code: access_denied: Not for you. Consent was denied, or the user may not use")


def test_a_redirect_to_an_error(refused):
    """An error at the redirect_uri is told with its description."""
    ended = refused({("GET", AUTHORIZE): to_client(error="invalid_scope", error_description="Unknown+scope")})
    assert_refused(
        ended, "the user cannot log in: the authorization endpoint gave no code: invalid_scope: Unknown scope"
    )


def test_an_error_page(refused):
    """An error that the provider keeps to itself is read from its page."""
    ended = refused({("GET", AUTHORIZE): page("<p>unauthorized_client</p>", 400)})
    assert_refused(ended, "the page at /authorize (status 400, titled 'A page') says unauthorized_client")


def test_a_host_that_is_not_there(strategy, tmp_path):
    """A provider whose authorization endpoint is out of reach: the rest is judged."""
    with LoopbackServer().serving(page("")) as gone:
        endpoint = f'[server]\nauthorization_endpoint = "{gone}/authorize"'
    with reference_server(tmp_path, strategy, changes={"[server]": endpoint}) as profile:
        ended = run(profile, *CHECKS)
    assert_refused(ended, "the user cannot log in: ", "no connection to 127.0.0.1:")
    assert ended.verdicts["service_gets_a_token"] == "pass"


@both_ways
def test_a_wrong_certificate(strategy, tmp_path):
    """An authorization endpoint whose certificate nobody trusts is not shown a password."""
    other = LoopbackServer(tls=server_tls(FOLDER / "server.pem", FOLDER / "server.key"))
    endpoint = f'[server]\nauthorization_endpoint = "{other.base_url}/authorize"'
    with (
        other.serving(page("<form method=post><input name=user><input type=password><button>Log in</button></form>")),
        reference_server(tmp_path, strategy, changes={"[server]": endpoint}) as profile,
    ):
        ended = run(profile, *CHECKS)
    told = "certificate verify failed" if strategy == "form" else "the browser does not trust the certificate of"
    assert_refused(ended, "the user cannot log in: ", told)


def test_a_provider_that_is_not_there(strategy, tmp_path):
    """Nothing answers at all: the run says it, and the report is written."""
    with reference_server(tmp_path, strategy) as profile:
        pass
    ended = run(profile, *CHECKS)
    (line,) = ended.errors
    assert "no connection to 127.0.0.1:" in line
    assert (ended.status, "Traceback" in ended.said) == (4, False)
    assert set(ended.verdicts.values()) <= {"inconclusive", "not_applicable"}
