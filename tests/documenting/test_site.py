"""The documentation as a site: it is built without a warning, every link leads somewhere, and nothing is asked of another host."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import lxml.html
import pytest

from tests.report.test_browser import CHROMIUM
from token_conformance.judging.requirement import catalogue
from token_conformance.layout import ROOT
from token_conformance.profile import files

pytestmark = pytest.mark.skipif(find_spec("material") is None, reason="needs MkDocs Material: pip install '.[docs]'")

LOADED = "//script/@src | //link[@rel != 'canonical']/@href | //img/@src | //iframe/@src | //form/@action"
"""What a browser asks for by itself, or by what somebody types."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site; `--strict` makes a broken link, a missing anchor, or a page that the navigation lacks an error.

    It counts warnings as they are logged, and so must not be quiet.
    """
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    )
    assert ended.returncode == 0, ended.stderr
    return folder


def test_each_requirement_and_each_profile_has_its_place(site):
    """A page a profile, and for each requirement the anchor that `explain` names."""
    for name in files.names():
        assert (site / "profiles" / f"{name}.html").is_file()
    anchors = {}
    for requirement in catalogue().values():
        path, _, anchor = requirement.page.partition("#")
        if path not in anchors:
            anchors[path] = set(lxml.html.parse(site / path).xpath("//@id"))
        assert anchor in anchors[path]


def test_nothing_is_asked_of_another_host(site):
    """Styles, scripts, fonts, pictures and the search are files of the site."""
    for page in site.rglob("*.html"):
        asked = lxml.html.fromstring(page.read_bytes()).xpath(LOADED)
        assert [address for address in asked if urlsplit(address).netloc or urlsplit(address).scheme] == [], page
    styles = "".join(style.read_text("utf-8") for style in site.rglob("*.css"))
    assert "url(http" not in styles
    assert "@import" not in styles


def test_claims_and_schemas_are_filled_in(site):
    """The page of claims says what each comprises, and links to schemas lead to files of the site."""
    claims = lxml.html.parse(site / "claims.html")
    assert claims.xpath("//h2[@id='what-each-comprises']/following::table[1]//a/@href")
    (schema,) = lxml.html.parse(site / "evidence.html").xpath("//article//a[contains(@href, 'schema.json')]/@href")
    assert (site / schema).read_bytes() == (ROOT / schema).read_bytes()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium in the PATH")
def test_the_search_works_in_files(site):
    """Without a server, a word leads to a requirement, and the browser asks for nothing but files; the page fits 390 pixels."""
    looking = Path(__file__).with_name("looking.py")
    command = [sys.executable, looking, CHROMIUM, (site / "index.html").as_uri(), "code_challenge_method"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr
    found, asked, wider = ended.stdout.split("\n")[:3]
    assert (site / "requirements/rfc-7636.html").as_uri() + "#rfc7636-4.4.1-unknown-method" in found.split()
    assert (asked, wider) == ("", "0")
