"""A variable is demanded where the profile's login needs its value, and nowhere else."""

import pytest

from token_conformance.profile.features import require
from token_conformance.profile.files import ProfileError, examples, find
from token_conformance.profile.loading import load
from token_conformance.verdict import NotApplicable

TWOBA = {"TWOBA_CLIENT_ID": "an-id", "TWOBA_CLIENT_SECRET": "a-secret-value", "TWOBA_USERNAME": "alice"}


@pytest.fixture
def profile(tmp_path):
    """Loads a profile of one client and a login, with no variable set but those given."""

    def profile(client, login, grants="[grants.authorization_code]\n[grants.refresh_token]", **environment):
        path = tmp_path / "example.toml"
        path.write_text(
            '[profile]\nname = "Example"\n[server]\ntoken_endpoint = "https://op.example/token"\n'
            f'[[clients]]\nclient_id = "app"\n{client}\n{grants}\n[login]\n{login}\n'
        )
        return load(path, environment)

    return profile


def unset(caught):
    return [
        problem.partition("${")[2].partition("}")[0] for problem in caught.value.problems if "is not set" in problem
    ]


POST = 'client_secret = "a-secret"\nauthentication = "client_secret_post"\nredirect_uri = "${CALLBACK}"'
FORM = 'strategy = "form"\nusername = "${NAME}"\npassword = "${WORD}"'


def test_2ba_logs_in_by_password_without_a_redirect_uri():
    """It is asked for by nothing that such a run does; the flow that needs it says so."""
    path = find("2ba")
    loaded = load(path, {**TWOBA, "TWOBA_PASSWORD": "wonderland"})
    assert loaded.main.redirect_uri is None
    with pytest.raises(NotApplicable, match="no redirect_uri"):
        require(loaded, ("authorization_code",))
    assert load(path, examples(path)).main.redirect_uri == "http://localhost:43215/tokenreceiver"


def test_2ba_needs_the_password():
    """What its login needs is demanded."""
    with pytest.raises(ProfileError) as caught:
        load(find("2ba"), TWOBA)
    assert unset(caught) == ["TWOBA_PASSWORD"]


def test_a_login_by_code_needs_the_redirect_uri(profile):
    """And the user's name and password."""
    with pytest.raises(ProfileError) as caught:
        profile(POST, FORM)
    assert unset(caught) == ["CALLBACK", "NAME", "WORD"]


def test_a_login_elsewhere_needs_no_password(profile):
    """The session was stored before; a grant of passwords needs one all the same."""
    interactive = FORM.replace("form", "interactive")
    loaded = profile(POST, interactive, CALLBACK="https://app.example/cb")
    assert (loaded.login.username, loaded.login.password) == (None, None)
    with pytest.raises(ProfileError) as caught:
        profile(POST, interactive, grants="[grants.password]", CALLBACK="https://app.example/cb")
    assert {"NAME", "WORD"} <= set(unset(caught))


def test_a_client_needs_what_it_authenticates_by(profile):
    """A public one needs no secret, and none that sends a secret a key."""
    login = 'strategy = "refresh_token"\nrefresh_token = "a-token"\nusername = "${NAME}"'
    loaded = profile('authentication = "none"\nclient_secret = "${SECRET}"\nsigning_key = "${KEY}"', login)
    assert (loaded.main.client_secret, loaded.main.signing_key, loaded.login.username) == (None, None, None)
    with pytest.raises(ProfileError) as caught:
        profile('authentication = "client_secret_basic"\nclient_secret = "${SECRET}"', login)
    assert unset(caught) == ["SECRET"]


def test_a_strategy_from_the_environment_excuses_nothing(profile):
    """Nobody knows what it needs before it is known."""
    with pytest.raises(ProfileError) as caught:
        profile(POST, 'strategy = "${STRATEGY}"\nusername = "${NAME}"', STRATEGY="device")
    assert {"CALLBACK", "NAME"} <= set(unset(caught))


SECOND = (
    '[[clients]]\nname = "second"\nclient_id = "${ID}"\nclient_secret = "${SECRET}"\nredirect_uri = "${CALLBACK}"\n'
)
BY_TOKEN = 'strategy = "refresh_token"\nrefresh_token = "a-token"'


def test_a_spare_client_that_is_not_set_is_left_out(profile):
    """Few have a second one; what needs it is not applicable, and says why."""
    client = f'client_secret = "a-secret"\n{SECOND}'
    loaded = profile(client, BY_TOKEN)
    assert [each.name for each in loaded.clients] == ["main"]
    with pytest.raises(NotApplicable, match="no second confidential client, or its variables are not set"):
        require(loaded, ("second_client",))
    assert len(profile(client, BY_TOKEN, ID="a", SECRET="b").clients) == 2


@pytest.mark.parametrize("half", ["ID", "SECRET"])
def test_a_spare_client_is_not_set_by_half(profile, half):
    """Then something was forgotten."""
    with pytest.raises(ProfileError) as caught:
        profile(f'client_secret = "a-secret"\n{SECOND}', BY_TOKEN, **{half: "a"})
    assert unset(caught) == [{"ID": "SECRET", "SECRET": "ID"}[half]]


def test_a_client_that_a_grant_names_is_needed(profile):
    """So is the main one."""
    grants = '[grants.client_credentials]\nclient = "second"\n[grants.refresh_token]'
    with pytest.raises(ProfileError) as caught:
        profile(f'client_secret = "${{OWN}}"\n{SECOND}', BY_TOKEN, grants)
    assert unset(caught) == ["OWN", "ID", "SECRET"]
