"""The page that pytest-html makes of finished verdicts, with the rows of its table written out.

pytest-html's own script draws the table from data, sorts it, filters it and folds it. Here the rows stand in the page,
where they are read without scripts as well, and `rows.js` hands them to that script.
"""

from __future__ import annotations

import json
import re
import sys
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest_html  # type: ignore[import-untyped]  # pytest-html ships no types
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader
from jinja2.bccache import Bucket
from markupsafe import Markup

from token_conformance.layout import REPORT_ASSETS

RESOURCES = Path(pytest_html.__file__).parent / "resources"
"""Where pytest-html has its page, its script and its style."""

VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
"""Has a small screen show the page as wide as it is."""

FILTER = re.compile(r'(<input [^>]*name="filter_checkbox"[^>]*>)\s*(<span class="\w+">[^<]*</span>)')
"""A filter of pytest-html and what it says of it."""

STYLES = (RESOURCES / "style.css", REPORT_ASSETS / "style.css")


@dataclass(frozen=True)
class Page:
    """What is told in a page; what is named HTML is taken as it is.

    `outcomes` are those that pytest-html knows, with the words and the number of each, in the order of their weight.
    """

    title: str
    environment: Mapping[str, str]
    outcomes: Mapping[str, tuple[str, int]]
    header_html: Sequence[str]
    summary_html: str
    rows_html: str
    below_html: str

    def html(self, styles: Sequence[Path] = ()) -> str:
        """The page as one file, with our style and CSS files of others."""
        above, table_end, below = render("index.jinja2", **self._frame(styles)).rpartition("</table>")
        between, _, rest = below.rpartition("<script>")
        script, _, end = rest.partition("</script>")
        script = (REPORT_ASSETS / "rows.js").read_text("utf-8") + script
        above = _fortified(above, script)
        page = (above, self.rows_html, table_end, self.below_html, between, "<script>", script, "</script>", end)
        return "".join(page)

    def _frame(self, styles: Sequence[Path]) -> dict[str, object]:
        """What the template of pytest-html asks for."""
        made = datetime.now().astimezone()
        data = {"environment": self.environment, "renderCollapsed": [*self.outcomes], "initialSort": "seriousness"}
        return {
            "title": self.title,
            "date": f"{made:%d-%b-%Y}",
            "time": f"{made:%H:%M:%S}",
            "version": pytest_html.__version__,
            "styles": "\n".join(path.read_text("utf-8") for path in (*STYLES, *styles)),
            "running_state": "finished",
            "self_contained": True,
            "outcomes": {name: {"label": label, "value": value} for name, (label, value) in self.outcomes.items()},
            "test_data": json.dumps(data),
            "table_head": self.header_html,
            "additional_summary": {"prefix": [self.summary_html]},
        }


def render(template: str, **values: object) -> str:
    """A template of ours or of pytest-html's with these values; what is no HTML is escaped."""
    return _templates().get_template(template).render(**values)


@cache
def styled(*names: str) -> Mapping[str, str]:
    """The style of a page without scripts, of these files of ours, and the policy under which a browser takes it, and nothing else."""
    style = "".join((REPORT_ASSETS / name).read_text("utf-8") for name in names)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return {"style": style, "policy": policy}


class CompiledTemplates(FileSystemBytecodeCache):
    """Keeps compiled templates as Python keeps compiled modules: beside their sources, in `__pycache__`, if it may.

    Who can write there can write the sources as well, so that what is found there is as good as these.
    """

    def __init__(self, sources: Path) -> None:
        super().__init__(str(sources / "__pycache__"))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template that is kept, if it can be read."""
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template; where that is not possible, or not wanted, it is compiled each time."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                Path(self.directory).mkdir(exist_ok=True)
                super().dump_bytecode(bucket)


@cache
def _templates() -> Environment:
    loader, compiled = FileSystemLoader([REPORT_ASSETS, RESOURCES]), CompiledTemplates(REPORT_ASSETS)
    made = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, bytecode_cache=compiled)
    made.filters["in_text"] = in_text
    return made


def in_text(text: str) -> Markup:
    """Text as it stands between tags; `>` and quotes, of which exchanges are full, are no markup there."""
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;"))  # noqa: S704 - it is escaped


def _fortified(beginning: str, script: str) -> str:
    """The beginning of a page under a policy by which a browser runs this script alone.

    What a server sent is escaped; should any of it slip through, it is shown and not run. A finished report needs no
    button that loads it again, and that one's handler would be stopped as well. It says which language it speaks, and the
    words beside a filter are its label.
    """
    beginning = beginning.replace(' onclick="location.reload()"', "", 1)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    tag = f'<meta http-equiv="Content-Security-Policy" content="{policy}"/>'
    beginning = FILTER.sub(r"<label>\1 \2</label>", beginning)
    beginning = beginning.replace("<html>", '<html lang="en">', 1)
    return beginning.replace("<head>", f"<head>\n    {tag}\n    {VIEWPORT}", 1)
