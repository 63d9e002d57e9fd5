"""An answer that holds more secrets than any provider has costs neither time nor memory, and shows none of them."""

import json
from time import process_time
from urllib.parse import quote

import pytest

from token_conformance.redaction import Redactor
from token_conformance.redaction.redactor import FEW_OF_ONE, MOST_OF_ONE, ONE_OF_MANY

TOKENS = [f"a7f3-{number:05}-9c1e+/%20 of the flood" for number in range(20_000)]


def flood(make_exchange, tokens=TOKENS, name="access_token", **more):
    return make_exchange(json.dumps({**more, "list": [{name: token} for token in tokens]}))


def test_twenty_thousand_secrets_are_learnt_in_a_second(make_exchange):
    """They took minutes: each has a dozen forms, each of which is looked for in all that is written."""
    redactor, began = Redactor(), process_time()
    for number in range(3):
        redactor.exchange(flood(make_exchange, TOKENS[number * 6000 :], number=number))
    redactor.leaks("a sentence as any other " * 20_000)
    assert process_time() - began < 5


def test_nothing_of_the_flood_is_shown(make_exchange):
    """The exchange says how large the body was, and that is all."""
    shown = str(Redactor().exchange(flood(make_exchange)))
    assert "bytes that are not shown: they hold more secrets than any provider has to tell)" in shown
    assert not any(token[:16] in shown for token in TOKENS)
    assert "a7f3" not in shown


def test_what_stands_outermost_is_learnt_first(make_exchange):
    """The token that the client goes on with is looked for everywhere, in whatever spelling."""
    redactor = Redactor()
    redactor.learn_exchange(flood(make_exchange, refresh_token="quite ordinary words"))
    assert redactor.text("it said quite%20ordinary%20words") == "it said <refresh_token 1>"


def test_what_looks_like_a_token_is_masked_from_then_on(make_exchange):
    """Nobody knows which of the tokens a sentence repeats; words stay words, and labels stay labels."""
    redactor, named = Redactor(), "rotation/4 and an_expired_code~afterwards~again/12"
    sentence = f"access_token is 'x9Fk2mQ7-Lp04vT' of /token, after <code 1>, {named}"
    assert redactor.text(sentence) == sentence
    label = redactor.learn("code", "another-secret-0001")
    redactor.learn_exchange(flood(make_exchange))
    assert redactor.text(sentence) == sentence.replace("x9Fk2mQ7-Lp04vT", ONE_OF_MANY)
    assert redactor.text("another-secret-0001") == label


def test_later_exchanges_keep_their_labels(make_exchange, monkeypatch):
    """A flood early in the run takes nothing from what comes later, even where there are many floods."""
    monkeypatch.setattr("token_conformance.redaction.redactor.MOST", 400)
    redactor = Redactor()
    for number in range(400 // MOST_OF_ONE + 2):
        redactor.learn_exchange(flood(make_exchange, [f"{token} {number}" for token in TOKENS[:300]], number=number))
    assert len(redactor._labels) == 400 + 2 * FEW_OF_ONE
    later = make_exchange('{"access_token": "plain-words", "refresh_token": "other-words"}', number=99)
    shown = str(redactor.exchange(later))
    assert "plain-words" not in shown
    assert "other-words" not in shown
    assert "other-words" not in redactor.text("it repeats other-words")


def test_a_busy_provider_is_no_flood(make_exchange):
    """A page of a hundred links with codes, or an answer with a list of tokens, is shown as always."""
    redactor = Redactor()
    shown = str(redactor.exchange(flood(make_exchange, TOKENS[:MOST_OF_ONE])))
    assert "not shown" not in shown
    assert "<access_token 1>" in shown
    assert FEW_OF_ONE < MOST_OF_ONE


def test_a_jwt_is_a_secret_by_any_name(make_exchange):
    """It is known before the first text is shown; what everybody may read in metadata is none."""
    jwt = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSIsImlhdCI6MX0.c2lnbmF0dXJlLW9mLXRoaXM"
    redactor, body = Redactor(), json.dumps({"ticket": jwt, "signed_metadata": f"{jwt}2"})
    shown = str(redactor.exchange(make_exchange(body)))
    assert f'"ticket": "{redactor.learn("ticket", jwt)}"' in shown
    assert "<ticket 1> is a JWT: " in shown
    assert 'signed_metadata is a JWT: {"alg": "none"}' in shown
    assert redactor.leaks(shown) == []


@pytest.mark.parametrize("written", [str, lambda token: quote(token, safe="")], ids=["plain", "percent-encoded"])
@pytest.mark.parametrize("length", [10_001, 12_000, 13_999, 900_000])
def test_a_secret_beyond_all_lengths_is_one_label(length, written):
    """It is looked for in pieces, and costs no more than its own length."""
    redactor, token = Redactor(), ("".join(f"{number:x}/" for number in range(length)))[:length]
    label = redactor.learn("access_token", token)
    assert (
        redactor.text(f"it is {written(token)}, and {token[2000:9000]}")
        == f"it is {label}, and {label}{token[8000:9000]}"
    )
    assert redactor._written < 5 * length


def test_many_long_secrets_cost_what_they_are_long():
    """Of a token in a thousand lengths, and a text that is made of the same character."""
    redactor, began = Redactor(), process_time()
    for length in range(100_000, 101_000, 50):
        redactor.learn("access_token", "a" * length)
    assert redactor.text("a" * 99_000).startswith("<access_token ")
    assert process_time() - began < 5


def test_forms_are_bounded_together(monkeypatch):
    """Beyond, a secret is looked for as it is and percent-encoded; labels are as before."""
    monkeypatch.setattr("token_conformance.redaction.redactor.MOST_WRITTEN", 1000)
    redactor = Redactor()
    labels = [redactor.learn("code", f"the code / number {number}") for number in range(30)]
    assert (
        redactor.text(f"the code / number 29 or {quote('the code / number 29', safe='')}")
        == f"{labels[29]} or {labels[29]}"
    )
    assert redactor._written < 3000
