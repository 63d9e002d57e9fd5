"""Answers just below all bounds, which take up as much memory as they can."""

from __future__ import annotations

from random import Random

from tests.hostile.answer import Answer, Honest


def page_of_elements(random: Random, said: Honest) -> Answer:
    return said.with_text("<!doctype html><title>a</title><form method=post>" + "<p><b>x" * 140_000, "text/html")


def page_of_attributes(random: Random, said: Honest) -> Answer:
    return said.with_text("<!doctype html><form " + " ".join(f"a{n}" for n in range(140_000)), "text/html")


def long_token(random: Random, said: Honest) -> Answer:
    return said.saying({**said.members, "access_token": f"{random.getrandbits(64):016x}" * 56_000})


def many_tokens(random: Random, said: Honest) -> Answer:
    tokens = [{"access_token": f"{random.getrandbits(64):016x}"} for _ in range(20_000)]
    return said.saying({**said.members, "tokens": tokens})


def many_objects(random: Random, said: Honest) -> Answer:
    return said.saying({**said.members, "objects": [{str(n): []} for n in range(16_000)]})


def signs_alone(random: Random, said: Honest) -> Answer:
    return said.with_text("<form>" * 100_000 + '"' * 100_000 + "%41" * 100_000, "text/html")


WORST = (page_of_elements, page_of_attributes, long_token, many_tokens, many_objects, signs_alone)
