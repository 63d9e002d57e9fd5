"""The family of refresh tokens that the exchanges of a scenario show, and its picture."""

from __future__ import annotations

import json

from token_conformance.redaction import RedactedExchange
from token_conformance.report.family import MOST_TOKENS, families, picture


def exchange(number, *, body="", status="200", answer=None, path="/token"):
    """An exchange of the scenario `reuse`."""
    said = json.dumps(answer, indent=2) if answer is not None else ""
    return RedactedExchange(f"reuse/{number}", f"POST {path}  (op.example)", (), body, status, (), said, (), 0.1)


def given(number, token, presented=None):
    """A login, or a refresh of the token that is presented, that hands over a refresh token."""
    body = (
        f"grant_type=refresh_token\n&refresh_token=<refresh_token {presented}>" if presented else "grant_type=password"
    )
    return exchange(number, body=body, answer={"refresh_token": f"<refresh_token {token}>"})


def refused(number, presented, error="invalid_grant"):
    body = f"grant_type=refresh_token\n&refresh_token=<refresh_token {presented}>"
    return exchange(number, body=body, status="400", answer={"error": error})


def states(family):
    return {token.name: token.state for token in family.tokens}


def test_each_token_knows_its_parent():
    """A refresh begets the token that it hands over, a login one without a parent."""
    (family,) = families([given(1, 1), given(2, 2, 1), given(3, 3, 2)])
    assert [(token.name, token.parent) for token in family.tokens] == [
        ("R1", None),
        ("R2", "<refresh_token 1>"),
        ("R3", "<refresh_token 2>"),
    ]
    assert states(family) == {"R1": "used", "R2": "used", "R3": "alive"}


def test_what_the_offence_begat_is_wrong():
    """The second use of a token begets a token against what must hold; without an offence it is like any other."""
    story = [given(1, 1), given(2, 2, 1), given(3, 3, 1)]
    assert states(families(story, "reuse/3")[0])["R3"] == "wrong"
    assert states(families(story)[0])["R3"] == "alive"


def test_of_a_race_all_winners_but_the_first_are_wrong():
    """Whichever of them the check has named."""
    race = [given(1, 1), *(given(number, number, 1) for number in range(2, 5))]
    assert states(families(race, "reuse/4")[0]) == {"R1": "used", "R2": "alive", "R3": "wrong", "R4": "wrong"}


def test_a_refusal_as_invalid_grant_tells_of_an_end():
    """A refusal for another reason does not, nor does one after which the token works."""
    (ended,) = families([given(1, 1), given(2, 2, 1), refused(3, 2)])
    assert (ended.tokens[1].died, ended.tokens[1].by) == ("reuse/3", "refused")
    (stranger,) = families([given(1, 1), given(2, 2, 1), refused(3, 2, "invalid_client")])
    assert stranger.tokens[1].died is None
    (later,) = families([given(1, 1), refused(2, 1), given(3, 2, 1)])
    assert later.tokens[0].died is None


def test_a_revocation_ends_a_token():
    """The exchange of it is named, and the sentence for those who do not see the picture as well."""
    revocation = exchange(3, path="/revoke", body="token=<refresh_token 2>")
    (family,) = families([given(1, 1), given(2, 2, 1), revocation, refused(4, 2)])
    assert (family.tokens[1].died, family.tokens[1].by) == ("reuse/3", "revoked")
    assert "R2 was begotten by R1 in exchange 2, revoked in 3." in family.told


def test_a_token_of_another_scenario_is_a_beginning():
    """It has no birth here, and its family is told nevertheless."""
    (family,) = families([given(1, 8, 7)])
    assert family.told.startswith("R7 came from another scenario.")


def test_a_login_whose_token_was_never_used_has_no_picture():
    """There is nothing to see."""
    assert families([given(1, 1)]) == ()


def test_children_stand_below_their_parents_and_side_by_side():
    """A parent stands above the middle of its children."""
    drawn = picture(families([given(1, 1), given(2, 2, 1), given(3, 3, 1)])[0])
    places = {node.token.name: (node.x, node.y) for node in drawn.nodes}
    assert places["R2"][1] == places["R3"][1] > places["R1"][1]
    assert places["R1"][0] == (places["R2"][0] + places["R3"][0]) / 2
    assert len(drawn.edges) == 2
    assert all(node.x < drawn.width and node.y < drawn.height for node in drawn.nodes)


def test_a_large_family_is_drawn_in_part():
    """Its first tokens have room."""
    line = [given(1, 1), *(given(number, number, number - 1) for number in range(2, 100))]
    drawn = picture(families(line)[0])
    assert len(drawn.nodes) == MOST_TOKENS < len(drawn.family.tokens)
