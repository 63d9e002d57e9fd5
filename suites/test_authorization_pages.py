"""The pages that a user sees on the way to a code (RFC 9700 §4.2.4, §4.12 and §4.16)."""

import re

import pytest

from token_conformance import Inconclusive, NotApplicable, requirement
from token_conformance.evidence.answers import Evidence
from token_conformance.profile.models import Profile
from token_conformance.provider.addresses import parts_of
from token_conformance.provider.login.pages import Page
from token_conformance.running.record import Record
from token_conformance.wire.exchange import Exchange, header

BY_THE_LOGIN = pytest.mark.evidence_of("login")
FRAMED = re.compile(r"frame-ancestors\b", re.IGNORECASE)


def pages_of(evidence: Evidence, profile: Profile) -> list[Exchange]:
    """The pages that the user's browser was shown in this run.

    Raises:
        NotApplicable: the profile makes none of the claims that ask for anything of them, or none was seen.

    """
    if not profile.claims & {"bcp", "oauth2.1", "fapi2"}:
        raise NotApplicable("the profile claims neither RFC 9700 nor OAuth 2.1 nor FAPI 2.0")
    found = [exchange for exchange in evidence.exchanges if is_page(exchange)]
    if not found:
        raise NotApplicable("no page of the authorization endpoint was seen")
    return found


def is_page(exchange: Exchange) -> bool:
    """Whether a browser asked, and got a page."""
    asked = "text/html" in (header(exchange.request.headers, "accept") or "")
    answer = exchange.answer
    kind = (header(answer.headers, "content-type") or "") if answer is not None else ""
    return asked and answer is not None and answer.status // 100 == 2 and kind.lower().startswith("text/html")


@BY_THE_LOGIN
@requirement("rfc9700-4.16-no-framing")
def test_pages_cannot_be_framed(evidence: Evidence, conformance_run: Record) -> None:
    """Every page of the login forbids other sites to frame it, by X-Frame-Options or by frame-ancestors of its policy."""
    for page in pages_of(evidence, conformance_run.profile):
        options, policy = page.header("x-frame-options"), page.header("content-security-policy")
        assert options or FRAMED.search(policy or ""), (
            f"the page {page} has neither X-Frame-Options nor frame-ancestors"
        )


@BY_THE_LOGIN
@requirement("rfc9700-4.16-content-security-policy")
def test_pages_have_a_policy(evidence: Evidence, conformance_run: Record) -> None:
    """Every page of the login has a Content-Security-Policy."""
    for page in pages_of(evidence, conformance_run.profile):
        assert page.header("content-security-policy"), f"the page {page} has no Content-Security-Policy"


@BY_THE_LOGIN
@requirement("rfc9700-4.2.4-no-third-parties")
def test_pages_load_nothing_of_others(evidence: Evidence, conformance_run: Record) -> None:
    """No page of the login loads scripts, styles, pictures or frames from another site."""
    for page in pages_of(evidence, conformance_run.profile):
        shown = Page(page.request.url, page.text.encode(), header(page.response.headers, "content-type") or "")
        own = site_of(page.request.url)
        foreign = sorted({site for address in shown.loads if (site := site_of(address)) not in {"", own}})
        assert not foreign, f"the page {page} loads from {', '.join(foreign)}"
        if page.response.cut:
            raise Inconclusive(f"what {page} loads is not known to its end: it is {page.response.cut}")


def site_of(url: str) -> str:
    """The last two labels of a host, which stand for whose it is."""
    return ".".join((parts_of(url).hostname or "").split(".")[-2:])


@BY_THE_LOGIN
@requirement("rfc9700-4.12-see-other")
def test_login_form_is_answered_by_303(evidence: Evidence, conformance_run: Record) -> None:
    """The answer to the user's password, where it redirects, has the status 303."""
    pages_of(evidence, conformance_run.profile)
    password = conformance_run.profile.login.password
    typed = [
        exchange
        for exchange in evidence.exchanges
        if password and "text/html" in (header(exchange.request.headers, "accept") or "") and sends(exchange, password)
    ]
    redirected = [each for each in typed if each.answer is not None and each.answer.status in range(300, 400)]
    if not typed:
        raise Inconclusive("no password was typed into a form")
    if not redirected:
        raise NotApplicable("the login form is not answered by a redirect")
    for exchange in redirected:
        status = exchange.response.status
        assert status == 303, f"the login form was answered by {status}, which leaves to the browser what it sends on"


def sends(exchange: Exchange, password: str) -> bool:
    """Whether a request of the browser holds the user's password."""
    return exchange.request.method == "POST" and password in dict(exchange.request.form).values()
