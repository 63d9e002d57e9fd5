"""A secret in a report is a label afterwards, and everything that stands around it is what it was."""

import json

import pytest

from token_conformance.redaction import Redactor
from token_conformance.report.masking import JSON, MARKUP, masked


@pytest.fixture
def mask():
    """Masks one secret in a page."""

    def mask(page, secret):
        redactor = Redactor()
        return masked(page, {redactor.learn("access_token", secret)}, redactor, MARKUP)

    return mask


PAGES = {
    "plain": ("<p>a canary-0001 b</p>", "canary-0001", "<p>a &lt;access_token 1&gt; b</p>"),
    "escaped": (
        "<p>&eacute; &#x63;an&#97;ry-0001 &amp;</p>",
        "canary-0001",
        "<p>&eacute; &lt;access_token 1&gt; &amp;</p>",
    ),
    "escaped twice": ("&amp;eacute; canary&amp;amp;0001.", "canary&0001", "&amp;eacute; &lt;access_token 1&gt;."),
    "twice": ("canary-0001|canary-0001", "canary-0001", "&lt;access_token 1&gt;|&lt;access_token 1&gt;"),
    "at the end": ("&amp;canary-0001", "canary-0001", "&amp;&lt;access_token 1&gt;"),
    "an ampersand that escapes nothing": ("a & b canary-0001", "canary-0001", "a & b &lt;access_token 1&gt;"),
}


@pytest.mark.parametrize(("page", "secret", "shown"), PAGES.values(), ids=PAGES)
def test_a_secret_in_a_page_is_a_label(mask, page, secret, shown):
    """However the page escapes it, and nothing beside it is lost."""
    assert mask(page, secret) == shown


def test_markup_stays(mask):
    """A server that takes a piece of our page for a token does not break the page; its own words are masked."""
    secret = "</b></p><p>0001"
    text = f"<p><b>x{secret} {secret.replace('<', '&lt;')}</p>"
    assert mask(text, secret) == f"<p><b>x{secret} &lt;access_token 1&gt;</p>"


@pytest.mark.parametrize("secret", ['canary "0001"', "canary\\0001", "canary/é/0001", "canary\t0001"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_secret_in_json_is_a_label(secret, ascii_only):
    """JSON stays JSON, and its other strings say what they said."""
    redactor, said = Redactor(), {"a": f'"é" {secret} \\ \n', "b": "\u2713"}
    labels = {redactor.learn("password", secret)}
    shown = masked(json.dumps(said, ensure_ascii=ascii_only), labels, redactor, JSON)
    assert json.loads(shown) == {"a": '"é" <password 1> \\ \n', "b": "\u2713"}


def test_other_secrets_are_left_to_others():
    """What is a word of the report itself, though a server calls it a token, stays one."""
    redactor = Redactor()
    redactor.learn("access_token", "a-word-of-ours-01")
    label = redactor.learn("access_token", "canary-0001")
    assert masked("a-word-of-ours-01 canary-0001", {label}, redactor, MARKUP) == (
        "a-word-of-ours-01 &lt;access_token 2&gt;"
    )
