"""A request is repeated with what the last answer left: a refresh token that was rotated is never sent again."""

import pytest

from tests.provider.performing import performed
from token_conformance.provider import refresh_carrier
from token_conformance.provider.carrier import Resending
from token_conformance.provider.client_authentication import Credentials


def sent_refresh_tokens(exchanges):
    return [dict(exchange.request.form)["refresh_token"] for exchange in exchanges]


async def three_times(provider):
    """A refresh as it is, with a further parameter, and with the client's credentials written by the test."""
    good = await refresh_carrier(provider)
    repetition = Resending(provider, good)
    proof = (await provider.ways.way(good.client)).credentials(good.client)
    answers = [
        await repetition.sent(),
        await repetition.sent_with(("extra", "1")),
        await repetition.sent_as(proof, ("extra", "2")),
    ]
    return good, answers


@pytest.mark.parametrize("profile", ["everything", "kept"])
def test_a_repetition_goes_on_with_the_newest_refresh_token(profile):
    """Each request carries the token of the answer before it, whether the server rotates or not."""
    good, answers = performed(three_times, profile)
    assert [answer.accepted for answer in answers] == [True, True, True]
    held = [good.parameters["refresh_token"], *(answer.refresh_token or "" for answer in answers[:-1])]
    living = [token or held[number - 1] for number, token in enumerate(held)]
    assert sent_refresh_tokens(answer.exchange for answer in answers) == living


async def changed(provider):
    good = await refresh_carrier(provider)
    repetition = Resending(provider, good)
    refused = await repetition.sent({"refresh_token": provider.draw("refresh_token")})
    nobody = await repetition.sent_as(Credentials(headers=(), parameters=()))
    return good, refused, nobody, await repetition.sent({"scope": None})


def test_a_refusal_changes_nothing():
    """After a refusal, and after a stranger's request, the good token is sent on, and works."""
    good, refused, nobody, after = performed(changed)
    assert refused.refused
    assert nobody.refused
    assert after.accepted
    assert sent_refresh_tokens([nobody.exchange, after.exchange]) == [good.parameters["refresh_token"]] * 2
