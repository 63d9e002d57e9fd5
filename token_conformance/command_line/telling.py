"""What a command says on the terminal, a line at a time: whatever a server has put into it, it is text."""

from __future__ import annotations

import click


def tell(sentence: str) -> None:
    """Say something on one line, in which line breaks and control characters are visible."""
    click.echo(_on_one_line(sentence))


def tell_problem(sentence: str) -> None:
    """Say on the error output, on one line, what is wrong."""
    click.echo(f"ERROR: {_on_one_line(sentence)}", err=True)


def _on_one_line(sentence: str) -> str:
    from token_conformance.redaction.visible import on_one_line  # its wing brings HTTP along, which lists do not need

    return on_one_line(sentence)
