"""What is drawn, and made fewer, by hypothesis: numbers of changes, from a seed, without its database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from token_conformance.exploring.requests.mutation import Grant, Mutation, One

MOST_AT_ONCE = 4
"""Changes of one request."""


class ShownError(Exception):
    """What was drawn shows something."""


def one_at_a_time(mutations: Sequence[Mutation]) -> st.SearchStrategy[Mutation]:
    """Each of some mutations, none of them twice, in an order of the seed."""
    return st.sampled_from(list(mutations))


def several(ones: Mapping[Grant, Sequence[One]]) -> st.SearchStrategy[Mutation]:
    """Some changes at once, of different rows."""

    def of(grant: Grant) -> st.SearchStrategy[Mutation]:
        changes = st.lists(st.sampled_from(list(ones[grant])), min_size=2, max_size=MOST_AT_ONCE)
        return changes.map(lambda drawn: Mutation(grant, _of_different_rows(drawn)))

    return st.sampled_from([grant for grant in ones if ones[grant]]).flatmap(of)


def _of_different_rows(drawn: Sequence[One]) -> tuple[One, ...]:
    """The first change of each row; a strategy of unique changes is not made as small."""
    return tuple({one.row: one for one in reversed(drawn)}.values())[::-1]


def draw(
    strategy: st.SearchStrategy[Mutation], most: int, number: int, shows: Callable[[Mutation], bool], *, fewer: bool
) -> None:
    """Draw until something shows, at most so many times, and with `fewer` go on with less of what showed it.

    Args:
        strategy: what is drawn.
        most: how many examples.
        number: the seed.
        shows: tries one; whatever else it raises than an `Exception` ends the drawing.
        fewer: whether to shrink what shows something.

    """

    @seed(number)
    @settings(
        max_examples=most,
        database=None,
        derandomize=False,
        deadline=None,
        print_blob=False,
        report_multiple_bugs=False,
        verbosity=Verbosity.quiet,
        phases=(Phase.generate, Phase.shrink) if fewer else (Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def tried(mutation: Mutation) -> None:
        if shows(mutation):
            raise ShownError

    with _at_home_nowhere(), suppress(ShownError):
        tried()


@contextmanager
def _at_home_nowhere() -> Iterator[None]:
    """Hypothesis without a folder `.hypothesis` where somebody happens to be: there it notes the numbers of source files."""
    with TemporaryDirectory(prefix="token-conformance-") as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(None)
