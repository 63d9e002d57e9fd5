"""A red is told once its scenario has run a second time, alone: what may have been somebody else's doing is no finding.

The rule has one question: did the first run hand something over? What a server hands over, nobody else can have caused:
a token that should have been refused, access, a second winner, a wrong member of an answer that grants something. A
refusal, an absence or an outage may be a neighbour's doing, the wait's, or the network's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from token_conformance.judging.habit import Did, what_was_done
from token_conformance.judging.judgement import Judgement
from token_conformance.judging.refusal import Comparison
from token_conformance.verdict import Verdict
from token_conformance.wire.exchange import Exchange, header

RED = frozenset({Verdict.FAIL, Verdict.WARNING})
"""Verdicts that are told once they have been seen again, or could not have been anybody else's doing."""

DECIDED = frozenset({Verdict.PASS, Verdict.DEVIATION}) | RED
"""Verdicts that a disturbed scenario does not bear out."""

DISTURBED = "a neighbour may have ended the session of its scenario, which could not run once more, alone"

ONCE, ONCE_OF_TWO, TWICE = (1, 1), (1, 2), (2, 2)


@dataclass(frozen=True)
class Sight:
    """One judging of a check: what it found, the exchanges that it looked at, in order, and what it compared."""

    judgement: Judgement
    exchanges: tuple[Exchange, ...] = ()
    compared: Sequence[Comparison] = ()

    @property
    def red(self) -> bool:
        """Whether it found a violation."""
        return self.judgement.verdict in RED

    @property
    def decisive(self) -> Exchange | None:
        """The exchange for which the check is red, where it tells: its message names it, or it is held against a control."""
        if self.judgement.offence is not None:
            return self.judgement.offence
        named = [exchange for exchange in self.exchanges if str(exchange) in self.judgement.message]
        if named:
            return named[-1]
        return self.compared[-1].attempt if self.compared else None


@dataclass(frozen=True)
class Told:
    """What is told of a check in the end, how often it was red, of how many times, and where that can be read.

    `unrepeated` says why a red could not be seen a second time, where somebody tried.
    """

    judgement: Judgement
    seen: tuple[int, int] | None = None
    exchanges: tuple[Exchange, ...] = ()
    unrepeated: str = ""


def told(first: Sight, again: Sight | str) -> Told:
    """What is told of a red check after its scenario has run once more.

    Args:
        first: what was seen in the run.
        again: what was seen when the scenario ran alone, with a new login; or why it did not, empty where nobody tried.

    """
    if isinstance(again, str):
        return Told(first.judgement, ONCE, first.exchanges, again)
    if again.red:
        return Told(first.judgement, TWICE, first.exchanges)
    if again.judgement.verdict in {Verdict.INCONCLUSIVE, Verdict.ERROR}:
        return Told(first.judgement, ONCE, first.exchanges, again.judgement.message)
    if stands(first, again):
        return Told(_saying(first.judgement, "seen 1 of 2"), ONCE_OF_TWO, first.exchanges)
    came = again.judgement.message or "what the check asks for"
    message = f"not repeatable: {first.judgement.message}; alone, with a new login: {came}"
    return Told(Judgement(Verdict.INCONCLUSIVE, message), ONCE_OF_TWO, (*first.exchanges, *again.exchanges))


def told_alone(first: Sight, again: Sight | str) -> Told:
    """What is told of a check whose scenario may have been disturbed in the run: what it shows alone, and no more.

    What the server handed over in the run stands all the same: no neighbour has caused that.

    Args:
        first: what was seen in the run.
        again: what was seen when the scenario ran alone, with a new login; or why it did not.

    """
    alone = again if isinstance(again, Sight) else Sight(first.judgement)
    if first.red and (stands(first, alone) or (alone is again and alone.red)):
        return told(first, again)
    if isinstance(again, Sight):
        return Told(again.judgement, ONCE_OF_TWO if again.red else None, again.exchanges)
    if first.judgement.verdict not in DECIDED:
        return Told(first.judgement, None, first.exchanges)
    return Told(Judgement(Verdict.INCONCLUSIVE, f"{DISTURBED}{f': {again}' if again else ''}"), None, first.exchanges)


def stands(first: Sight, again: Sight) -> bool:
    """Whether a red that did not come again is the server's all the same: it rests on something that was handed over.

    Where the check tells which exchange it is red for, that one decides. Where it does not, as in a race, one that
    handed something over in the first run and not in the second decides; failing that, one that did so in the second
    alone speaks for a neighbour, and else the last one decides.
    """
    if first.decisive is not None:
        return handed_over(first.decisive)
    pairs = [
        (handed_over(one), handed_over(other)) for one, other in zip(first.exchanges, again.exchanges, strict=False)
    ]
    if (True, False) in pairs or (False, True) in pairs:
        return (True, False) in pairs
    return bool(first.exchanges) and handed_over(first.exchanges[-1])


def handed_over(exchange: Exchange) -> bool:
    """Whether an answer gives something: tokens, a code, a resource, claims, or that a token is active."""
    answer = exchange.answer
    if answer is None or what_was_done(exchange) is not Did.ACCEPTED or exchange.members.get("active") is False:
        return False
    return "error" not in _redirected(header(answer.headers, "location") or "")


def _redirected(location: str) -> dict[str, str]:
    """The parameters that a redirect takes to its address (RFC 6749 §4.1.2)."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return {}
    return dict(parse_qsl(parts.query) + parse_qsl(parts.fragment))


def _saying(judgement: Judgement, what: str) -> Judgement:
    return replace(judgement, message=f"{judgement.message} ({what})")
