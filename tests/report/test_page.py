"""The page of a report."""

import sys

import jinja2
import lxml.html
import pytest

from token_conformance.report.page import CompiledTemplates


def rendered(folder):
    """What a template says, compiled anew or taken from beside its source."""
    loader = jinja2.FileSystemLoader(folder)
    environment = jinja2.Environment(loader=loader, autoescape=True, bytecode_cache=CompiledTemplates(folder))
    return environment.get_template("greeting.html").render(name="<Bob>")


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A folder with a template."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "greeting.html").write_text("Hello {{ name }}")
    return tmp_path


def test_a_template_is_compiled_once(sources, monkeypatch):
    """A second process finds what the first one has left, and another source is compiled anew."""
    assert rendered(sources) == "Hello &lt;Bob&gt;"
    with monkeypatch.context() as forbidding:
        forbidding.setattr(jinja2.Environment, "_generate", lambda *_, **__: pytest.fail("it is compiled again"))
        assert rendered(sources) == "Hello &lt;Bob&gt;"
    (sources / "greeting.html").write_text("Good bye {{ name }}")
    assert rendered(sources) == "Good bye &lt;Bob&gt;"


def test_nothing_is_kept_where_nothing_may_be_written(sources, monkeypatch):
    """It is compiled each time, as modules are; so it is where the environment asks for that."""
    (sources / "__pycache__").write_text("no folder")
    assert rendered(sources) == "Hello &lt;Bob&gt;"
    (sources / "__pycache__").unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered(sources) == "Hello &lt;Bob&gt;"
    assert not (sources / "__pycache__").exists()


@pytest.mark.parametrize("kept", [b"", b"nonsense", b"j2\x05\x00"])
def test_what_is_kept_may_be_broken(sources, kept):
    """It is compiled anew."""
    rendered(sources)
    (cached,) = (sources / "__pycache__").iterdir()
    cached.write_bytes(kept)
    assert rendered(sources) == "Hello &lt;Bob&gt;"


def test_the_page_says_its_language_and_fits_small_screens(written):
    """Screen readers speak it as English, and a phone does not show it as if it were a desk."""
    page = lxml.html.fromstring((written / "report.html").read_text("utf-8"))
    assert page.get("lang") == "en"
    assert page.xpath("//meta[@name='viewport']/@content") == ["width=device-width, initial-scale=1"]
