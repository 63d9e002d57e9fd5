"""The six verdicts, and the reasons for not judging."""

from enum import StrEnum
from typing import Self


class Verdict(StrEnum):
    """What a check found; `ERROR` is a defect of this project, never of a server."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    WARNING = "warning"
    DEVIATION = "deviation"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not_applicable"
    ERROR = "error"

    @property
    def words(self) -> str:
        """The verdict as people read it."""
        return self.value.replace("_", " ")

    @property
    def judged(self) -> bool:
        """Whether the requirement was held against an answer of the server."""
        return self in {Verdict.PASS, Verdict.FAIL, Verdict.WARNING, Verdict.DEVIATION}


class NotJudged(Exception):  # noqa: N818 - a verdict rather than an error
    """A check or a scenario cannot judge; the message says why.

    `stopped_by` is the requirement whose violation stands in the way, where there is one.
    """

    verdict: Verdict

    def __init__(self, message: str = "", *, stopped_by: str | None = None) -> None:
        super().__init__(message)
        self.stopped_by = stopped_by

    def anew(self) -> Self:
        """The same reason, to be raised once more: whatever its kind knows, without the traceback of the first."""
        same = type(self).__new__(type(self), *self.args)
        same.__dict__.update(self.__dict__)
        return same


class Inconclusive(NotJudged):
    """The answers do not allow a verdict: no control, a wrong family of refusal, no answer, no login."""

    verdict = Verdict.INCONCLUSIVE


class TooLong(Inconclusive):
    """It takes a longer wait than the profile's `max_wait`; a run that may wait longer can judge it."""


class Limited(Inconclusive):
    """The provider allows no more requests for so long that the run does not wait; a later run can judge it."""


class NoLogin(Inconclusive):
    """The user cannot log in, whatever is asked for: another try would fail likewise, and some providers count them."""


class NotApplicable(NotJudged):
    """The requirement does not concern this provider as its profile and its metadata describe it."""

    verdict = Verdict.NOT_APPLICABLE
