"""The last look at what would be written: a secret that redaction has missed is masked, and the report says so."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from lxml import etree

from token_conformance.redaction import RedactedExchange, Redactor
from token_conformance.report.masking import JSON, MARKUP, PLAIN, Escaping, masked
from token_conformance.results.results import RunResult

Evidence = Mapping[str, RedactedExchange]
OF_JSON = (".json", ".sarif")
"""How the names of files end that hold JSON."""
Contents = Callable[[RunResult, Evidence], str]


@dataclass(frozen=True)
class Reports:
    """What may be written, by the names of the files, and a sentence on each file that may not."""

    texts: Mapping[str, str]
    left_out: tuple[str, ...] = ()


def looked_through(contents: Mapping[str, Contents], run: RunResult, evidence: Evidence, redactor: Redactor) -> Reports:
    """The reports without secrets; one that cannot be made clean is left out alone, and the others tell of it."""
    looks = {name: _Look(name, make, _silent(run), evidence, redactor) for name, make in contents.items()}
    texts = {name: look.report(run) for name, look in looks.items()}
    missed = {label for name, look in looks.items() for label in look.leaks(texts[name])}
    if not missed:
        return Reports(texts)
    told = replace(run, withheld=(f"masked in the reports, since redaction had missed it: {_kinds(missed)}",))
    unclean = {name: labels for name, look in looks.items() if (labels := look.clean(told)[1])}
    left_out = tuple(
        f"{name} was not written, since it would show a secret of the kind: {_kinds(labels)}"
        for name, labels in unclean.items()
    )
    told = replace(told, withheld=told.withheld + left_out)
    return Reports({name: look.clean(told)[0] for name, look in looks.items() if name not in unclean}, left_out)


@dataclass(frozen=True)
class _Look:
    """Looks through one file: the last line of defence, should redaction have missed a secret."""

    name: str
    make: Contents
    silent: RunResult
    evidence: Evidence
    redactor: Redactor

    def report(self, run: RunResult) -> str:
        """What would be written."""
        return self.make(run, self.evidence)

    def leaks(self, text: str) -> set[str]:
        """The labels of the secrets in a report.

        A secret such as `example` may be a word of the report itself: what a report without messages and exchanges says
        as well, no server has brought in.
        """
        found = self._found(text)
        return found - self._found(self.make(self.silent, {})) if found else found

    def clean(self, run: RunResult) -> tuple[str, set[str]]:
        """The report with labels in the place of secrets, and the labels of those that it shows nevertheless."""
        text = self.report(run)
        leaks = self.leaks(text)
        shown = masked(text, leaks, self.redactor, self._escaping)
        return shown, self.leaks(shown) if self._can_be_read(shown) else leaks

    def _found(self, text: str) -> set[str]:
        """The secrets in a text; what is escaped, in an attribute or in XML once more, is looked into."""
        return {label for layer in self._escaping.layers(text) for label in self.redactor.leaks(layer)}

    @property
    def _escaping(self) -> Escaping:
        if self.name.endswith(".md"):
            return PLAIN
        return JSON if self.name.endswith(OF_JSON) else MARKUP

    def _can_be_read(self, text: str) -> bool:
        """Whether what was masked has left the file what it was."""
        try:
            if self.name.endswith(OF_JSON):
                json.loads(text)
            elif self.name.endswith(".xml"):
                etree.fromstring(text.encode())
        except (ValueError, etree.XMLSyntaxError):
            return False
        return True


def _silent(run: RunResult) -> RunResult:
    """The run without anything that a server said."""
    return replace(
        run,
        checks=tuple(replace(check, message="", habit=None, unrepeated="") for check in run.checks),
        facts=tuple(replace(fact, measured=None) for fact in run.facts),
        noticed=(),
        circumstances=replace(run.circumstances, trouble=None),
    )


def _kinds(labels: Iterable[str]) -> str:
    return ", ".join(sorted({label.strip("<>").rpartition(" ")[0] for label in labels}))
