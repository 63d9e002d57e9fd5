"""The options that say which checks are run, when enough was found, and how much is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, TypeVar

import click

from token_conformance.layout import SUITES

Command = TypeVar("Command", bound=Callable[..., Any])


def selection_options(command: Command) -> Command:
    """Add the options."""
    for option in reversed(
        (
            click.option("-k", "keywords", metavar="EXPRESSION", help="Only checks whose names match, as in pytest."),
            click.option(
                "-m", "marks", metavar="EXPRESSION", help="Only checks of these topics, such as `rotation or refresh`."
            ),
            click.option(
                "--topic", "topics", multiple=True, metavar="NAME", help="Only checks of this topic; may be repeated."
            ),
            click.option(
                "--level",
                multiple=True,
                type=click.Choice(["MUST", "SHOULD", "MAY"]),
                help="Only checks of this level; MUST NOT belongs to MUST; may be repeated.",
            ),
            click.option(
                "--max-failures",
                type=click.IntRange(min=1),
                metavar="N",
                help="Send nothing more once N causes stand behind violated MUSTs, and judge what was gathered by then.",
            ),
            click.option("-x", "at_once", is_flag=True, help="As --max-failures 1."),
            click.option("-v", "--verbose", is_flag=True, help="A line for each check."),
            click.option("-q", "--quiet", is_flag=True, help="Say nothing but what each run comes to."),
            click.option("--json", "as_json", is_flag=True, help="With --plan: print it for programs."),
        )
    ):
        command = option(command)
    return command


def selection_arguments(options: Mapping[str, Any]) -> list[str]:
    """The same options as pytest knows them."""
    most = 1 if options.get("at_once") else options.get("max_failures")
    marks = _of_topics(options.get("marks") or "", options.get("topics") or ())
    arguments = ["-v"] if options.get("verbose") else ["-q"]
    arguments += ["-k", options["keywords"]] if options.get("keywords") else []
    arguments += ["-m", marks] if marks else []
    arguments += [f"--tc-max-failures={most}"] if most else []
    arguments += [f"--tc-level={level}" for level in options.get("level") or ()]
    arguments += ["--tc-quiet"] if is_silent(options) else []
    return arguments + (["--tc-json"] if options.get("as_json") else [])


def is_silent(options: Mapping[str, Any]) -> bool:
    """Whether nothing is said on the way: it was asked for, or a program reads what is printed."""
    return bool(options.get("quiet") or options.get("as_json"))


def unknown_topics(options: Mapping[str, Any]) -> Iterator[str]:
    """A sentence on each topic that no suite has, where no other suites are given."""
    known = {path.stem.removeprefix("test_") for path in SUITES.glob("test_*.py")}
    for topic in options.get("topics") or ():
        if topic not in known and not options["suites"]:
            near = ", ".join(get_close_matches(topic, known, n=3, cutoff=0.4)) or ", ".join(sorted(known))
            yield f"--topic {topic}: there is none of that name; near: {near}"


def _of_topics(marks: str, topics: tuple[str, ...]) -> str:
    """What `-m` is given: its own expression, and one of the topics."""
    named = " or ".join(topics)
    return f"({marks}) and ({named})" if marks and named else marks or named
