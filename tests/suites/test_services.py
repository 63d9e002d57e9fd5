"""A provider without users is judged by what its services get; what has no meaning without users is not open."""

from token_conformance.verdict import Verdict


def test_nothing_is_left_open(matrix):
    """Each check either judges, or does not concern such a provider."""
    verdicts = matrix.whole("services")
    assert {name: told for name, told in verdicts.items() if told.verdict is Verdict.INCONCLUSIVE} == {}
    assert verdicts["response_fields::test_tokens_cannot_be_guessed[access_token]"].verdict is Verdict.PASS
