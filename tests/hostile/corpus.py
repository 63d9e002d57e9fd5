"""The corpus of hostile answers: 36 classes, from which as many are generated as one likes, the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from tests.hostile import bodies, documents, heads, wires
from tests.hostile.answer import Answer, Honest, Spoilt

Make = Callable[[Random, Honest], Answer | Spoilt]

CLASSES: tuple[Make, ...] = (
    bodies.other_types,
    bodies.numbers_beyond_all,
    bodies.surrogates,
    bodies.control_characters,
    bodies.markup,
    bodies.long_strings,
    bodies.secret_looking,
    bodies.many_values,
    bodies.deep,
    bodies.repeated_members,
    bodies.another_shape,
    bodies.broken,
    bodies.other_charsets,
    bodies.no_text,
    bodies.a_page,
    bodies.words_of_another_endpoint,
    bodies.echo,
    heads.odd_status,
    heads.redirects,
    heads.headers_beyond_all,
    heads.odd_headers,
    heads.content_types,
    heads.cookies,
    heads.challenges,
    heads.times,
    wires.encodings,
    wires.framing,
    wires.no_http,
    wires.breaks_off,
    wires.never_ends,
    documents.jwts,
    documents.key_sets,
    documents.metadata,
    documents.login_pages,
    documents.authorization_responses,
    documents.odd_members,
)


def spoilt(random: Random, said: Honest, classes: Sequence[Make] = CLASSES) -> tuple[str, Spoilt]:
    """A hostile answer of some classes in the place of an honest one, and the name of its class."""
    make = random.choice(classes)
    made = make(random, said)
    return make.__name__, made if isinstance(made, Spoilt) else Spoilt(made.written())
