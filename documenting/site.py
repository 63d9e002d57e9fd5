"""What MkDocs asks of us while it builds the site: pages of the catalogues, schemas, and the list of all pages."""

from __future__ import annotations

import fnmatch
import sys
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the command `mkdocs` looks for modules beside itself alone

from documenting import catalogue  # noqa: E402 - found by the line above

SCHEMAS = "token_conformance/**/*.schema.json"
"""What pages link to beside docs/: the site has copies at the same paths."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what stands in no file of docs/, and name in the navigation all pages that its patterns mean."""
    for path, text in catalogue.pages().items():
        files.append(File.generated(config, path, content=text))
    for schema in sorted(ROOT.glob(SCHEMAS)):
        path = schema.relative_to(ROOT).as_posix()
        files.append(File.generated(config, path, abs_src_path=str(schema)))
    config.nav = _spelled_out(config.nav or [], [file.src_uri for file in files.documentation_pages()])
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Lead links to schemas to their copies, and show on the page of claims what each comprises."""
    if page.file.src_uri == "claims.md":
        markdown += f"\n## What each comprises\n\n{catalogue.claims()}"
    return markdown.replace("](../token_conformance/", "](token_conformance/")


def _spelled_out(entry: Any, paths: list[str], named: frozenset[str] | None = None) -> Any:
    """A navigation in which `folder/*.md` are all pages of that folder that it does not name elsewhere, in their order."""
    named = frozenset(_named(entry)) if named is None else named
    if isinstance(entry, dict):
        return {title: _spelled_out(below, paths, named) for title, below in entry.items()}
    if not isinstance(entry, list):
        return entry
    return [spelled for each in entry for spelled in _meant(each, paths, named)]


def _meant(entry: Any, paths: list[str], named: frozenset[str]) -> list[Any]:
    if isinstance(entry, str) and "*" in entry:
        return [path for path in fnmatch.filter(paths, entry) if path not in named]
    return [_spelled_out(entry, paths, named)]


def _named(entry: Any) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    below = entry.values() if isinstance(entry, dict) else entry
    return [path for each in below for path in _named(each)]
