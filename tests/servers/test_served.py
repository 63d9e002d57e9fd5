"""The emulated provider as clients meet it, and what moves it."""

import ssl

import httpx
import pytest

from token_conformance.servers.served import for_clients, seconds_of, serving


@pytest.fixture
def profile(make_profile):
    """A provider with users and services."""
    return make_profile(grants={"password": {"scope": "openid offline_access"}, "refresh_token": {}})


@pytest.fixture
def served(profile, tmp_path):
    """The provider on a port of this machine."""
    with serving(profile, tmp_path) as served:
        yield served


@pytest.fixture
def client():
    """Sends requests through no proxy."""
    with httpx.Client(trust_env=False) as client:
        yield client


def asked(client, served, **form):
    """The answer to a token request of the one client."""
    secret = {"client_id": "app", "client_secret": "app-secret-value"}
    return client.post(served.provider.profile.server.token_endpoint, data=secret | form)


def logged_in(client, served):
    """The tokens of a user."""
    answer = asked(client, served, grant_type="password", username="alice", password="wonderland")
    assert answer.status_code == 200, answer.text
    return answer.json()


def refreshed(client, served, token):
    """The answer to a refresh."""
    return asked(client, served, grant_type="refresh_token", refresh_token=token)


@pytest.mark.parametrize(
    ("text", "seconds"), [("+1h", 3600), ("90s", 90), ("1d12h", 129_600), ("+2m30s", 150), ("+0s", 0)]
)
def test_a_time_is_written_as_people_say_it(text, seconds):
    """With a sign or without."""
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "+", "1", "h", "-1h", "1h!", "1.5h", "+1h +2h"])
def test_what_is_no_time_is_refused(text):
    """The sentence says what would be one."""
    with pytest.raises(ValueError, match="expected \\+1h"):
        seconds_of(text)


def test_a_client_logs_in_and_refreshes(client, served):
    """The provider is there over HTTP."""
    assert refreshed(client, served, logged_in(client, served)["refresh_token"]).status_code == 200


def test_time_passes_on_demand(client, served):
    """A refresh token that has lived too long is refused at once."""
    token = logged_in(client, served)["refresh_token"]
    moved = client.post(served.control, json={"advance": "+4000d"})
    assert moved.json()["ahead"] == 4000 * 86_400
    assert refreshed(client, served, token).json()["error"] == "invalid_grant"


def test_a_fault_comes_up_and_goes_while_sessions_stay(client, served):
    """Codes, tokens and logins outlive the change."""
    token = logged_in(client, served)["refresh_token"]
    assert client.post(served.control, json={"faults": ["wrong-secret-accepted"]}).status_code == 200
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_secret": "wrong"}
    assert asked(client, served, **form).status_code == 200
    assert client.post(served.control, json={"faults": []}).json()["faults"] == []
    assert asked(client, served, **form).json()["error"] == "invalid_client"


def test_what_does_not_exist_changes_nothing(client, served):
    """The near ones are named, and neither time nor faults have moved."""
    answer = client.post(served.control, json={"faults": ["wrong-secret-acepted"], "advance": "+1h"})
    assert answer.status_code == 400
    assert "wrong-secret-accepted" in answer.json()["error"]
    assert client.get(served.control).json()["ahead"] == 0


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"other": 1}', b'{"faults": "x"}', b'{"advance": 3}', b"[" * 9000, b" " * 20_000]
)
def test_what_cannot_be_read_is_refused_in_a_sentence(client, served, body):
    """It costs nothing but that request."""
    answer = client.post(served.control, content=body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("expected ")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Host": "evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_no_web_page_moves_it(client, served, headers):
    """Neither one that knows the path, nor one whose host's name was given this machine's address."""
    for request in (client.get(served.control, headers=headers), client.post(served.control, json={}, headers=headers)):
        assert request.status_code == 403
        assert not [name for name in request.headers if name.startswith("access-control-")]


def test_nobody_reads_it_from_another_origin(client, served):
    """There is no CORS, in a preflight either."""
    answer = client.options(served.control)
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_without_its_random_part_there_is_nothing(client, served):
    """The path cannot be guessed."""
    assert client.get(f"{served.base_url}/.control/").status_code == 404
    assert client.get(f"{served.base_url}/.control/x").status_code == 404
    assert len(served.provider.control.rpartition("/")[2]) >= 32


def test_it_speaks_tls_by_a_certificate_of_its_own(profile, tmp_path):
    """Who trusts the CA of this time reaches it, by address and by name, and nobody else does."""
    with serving(profile, tmp_path, tls=True) as served:
        trusting = ssl.create_default_context(cafile=served.ca)
        issuer = served.base_url
        assert issuer.startswith("https://127.0.0.1:")
        for address in (issuer, issuer.replace("127.0.0.1", "localhost")):
            found = httpx.get(f"{address}/.well-known/openid-configuration", verify=trusting, trust_env=False)
            assert found.json()["token_endpoint"].startswith(issuer)
        with pytest.raises(httpx.ConnectError):
            httpx.get(issuer, trust_env=False)


def test_secrets_of_the_file_are_not_shown(profile):
    """What is a made-up value of a variable may be printed; what stands in the profile itself is replaced."""
    kept = for_clients(profile, ["app-secret-value"])
    assert kept.main.client_secret == "app-secret-value"
    shown = for_clients(profile, [])
    assert shown.main.client_secret == "made-up-secret-of-the-client-main"
    assert shown.login.password == "made-up-password"


def test_the_client_under_test_is_sent_back_where_it_listens(profile):
    """Its own addresses come first, and those of the profile stay registered."""
    changed = for_clients(profile, [], ["http://localhost:3333", "http://localhost:4444"]).main
    assert changed.redirect_uri == "http://localhost:3333"
    assert changed.further_redirect_uris == ("http://localhost:4444", "https://app.example/callback")


def test_each_answer_is_told_without_its_query(profile, tmp_path):
    """Codes and tokens stand there."""
    heard = []
    with serving(profile, tmp_path, heard=lambda *told: heard.append(told)) as served:
        httpx.get(f"{served.base_url}/authorize?code=secret", trust_env=False)
    assert heard == [("GET", "/authorize", 400)]
