"""The reference server takes as many token requests as a variation allows, and says so."""


def test_requests_beyond_the_limit_are_refused(visit):
    """Fifty are answered, and the next one is told when to come again; then it begins anew."""
    visitor = visit(variations=["token-requests-limited"])
    answers = [visitor.password() for _ in range(51)]
    assert {answer.status_code for answer in answers[:50]} == {200}
    assert answers[0].headers["RateLimit"] == '"token";r=49;t=900'
    assert (answers[50].status_code, answers[50].headers["Retry-After"]) == (429, "900")
    visitor.clock.advance(900)
    assert visitor.password().status_code == 200


def test_otherwise_nothing_is_said_of_limits(visit):
    """The server as it is has none."""
    assert not {"ratelimit", "ratelimit-policy"} & {*visit().password().headers}
