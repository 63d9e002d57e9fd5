"""A profile that extends another says what is different, and nothing twice."""

import pytest

from token_conformance.profile.files import ProfileError, examples, extended_by, find, read, title, variables
from token_conformance.profile.loading import load

BASE = """\
[profile]
name = "Example"

[server]
issuer = "https://op.example"
ca_bundle = "ca.pem"

[[clients]]
name = "app"
client_id = "app"
client_secret = "${SECRET}"
authentication = "client_secret_post"
redirect_uri = "https://app.example/cb"

[[clients]]
name = "service"
client_id = "service"
client_secret = "a-secret"

[grants.client_credentials]
client = "service"
scope = "read"

[grants.refresh_token]
rotation = { value = "always", source = "page 3" }
lifetime = 3600

[login]
strategy = "refresh_token"
refresh_token = "${TOKEN}"

[[deviations]]
requirement = "rfc6749-5.2-status-400"
expect = { status = 401 }
because = "documented"

[examples]
SECRET = "a-secret"
"""


@pytest.fixture
def written(tmp_path):
    """Writes profiles, by their path below a folder, and gives the last one's path."""

    def written(**texts):
        for name, text in texts.items():
            path = tmp_path / name.replace("__", "/")
            path = path.with_name(f"{path.name}.toml")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        return path

    (tmp_path / "ca.pem").write_text("a certificate")
    return written


def test_tables_are_laid_over_those_of_the_other_key_by_key(written):
    """What the one does not say, the other does."""
    path = written(
        base=BASE,
        test='extends = "base.toml"\n[server]\nissuer = "https://test.example"\n[grants.client_credentials]\nscope = "write"\n',
    )
    profile = load(path, {"SECRET": "one", "TOKEN": "two"})
    assert profile.server.issuer == "https://test.example"
    assert profile.server.ca_bundle.endswith("ca.pem")
    assert (profile.grants.client_credentials.client, profile.grants.client_credentials.scope) == ("service", "write")
    assert profile.profile.name == title(path) == "Example"
    assert variables(path) == ["SECRET", "TOKEN"]
    assert examples(path)["SECRET"] == "a-secret"


def test_clients_go_by_their_names(written):
    """One that is known is changed, another one comes behind it, and the main one stays the first."""
    path = written(
        base=BASE,
        test='extends = "base.toml"\n[[clients]]\nname = "service"\nclient_secret = "another"\n'
        '[[clients]]\nname = "new"\nclient_id = "new"\nauthentication = "none"\n',
    )
    profile = load(path, {"SECRET": "one", "TOKEN": "two"})
    assert [client.name for client in profile.clients] == ["app", "service", "new"]
    assert (profile.clients[1].client_id, profile.clients[1].client_secret) == ("service", "another")


def test_a_client_without_a_name_is_asked_for_it(written):
    """It would be a new one, and was hardly meant so."""
    with pytest.raises(
        ProfileError, match=r'clients\[0\]: missing name; add that .* one of "app", "service", or a new one'
    ):
        read(written(base=BASE, test='extends = "base.toml"\n[[clients]]\nclient_secret = "x"\n'))


def test_clients_without_names_are_the_same_main_one(written):
    """As they are in a profile of its own."""
    path = written(
        base='[[clients]]\nclient_id = "a"\nredirect_uri = "https://a.example"',
        test='extends = "base.toml"\n[[clients]]\nclient_id = "b"\n',
    )
    assert read(path)["clients"] == [{"client_id": "b", "redirect_uri": "https://a.example"}]


def test_a_fact_goes_with_its_own_source(written):
    """The source of another value is none of this one."""
    path = written(
        base=BASE,
        test='extends = "base.toml"\n[grants.refresh_token]\nrotation = { value = "never", basis = "observed" }\n',
    )
    refresh = load(path, {"SECRET": "one", "TOKEN": "two"}).grants.refresh_token
    assert (refresh.rotation.value, refresh.rotation.source) == ("never", None)
    assert refresh.lifetime.value == 3600


def test_deviations_are_added(written):
    """What the provider documents is true of the other environment, too."""
    path = written(
        base=BASE,
        test='extends = "base.toml"\n[[deviations]]\nrequirement = "other"\nexpect = { accepted = true }\nbecause = "test"\n',
    )
    assert [each["requirement"] for each in read(path)["deviations"]] == ["rfc6749-5.2-status-400", "other"]


def test_files_of_the_other_profile_lie_beside_it(written):
    """A path starts at the folder of the profile in which it stands."""
    path = written(base=BASE, deep__test='extends = "../base.toml"\n')
    assert load(path, {"SECRET": "one", "TOKEN": "two"}).server.ca_bundle == str(path.parent.parent / "ca.pem")


def test_a_profile_that_comes_along_is_extended_by_name(written):
    """A test environment needs two lines."""
    path = written(test='extends = "erpnet"\n[server]\nissuer = "https://test.example/id"\n')
    profile = load(path, examples(path))
    assert profile.server.issuer == "https://test.example/id"
    assert profile.grants.refresh_token.lifetime.documented == 2592000
    assert extended_by(path) == [find("erpnet")]


def test_a_line_of_profiles(written):
    """The nearest one wins."""
    path = written(
        base=BASE,
        middle='extends = "base.toml"\n[server]\nissuer = "https://middle.example"\n[limits]\nrace = 3\n',
        test='extends = "middle.toml"\n[limits]\nrace = 4\n',
    )
    assert (read(path)["server"]["issuer"], read(path)["limits"]) == ("https://middle.example", {"race": 4})


def test_a_circle_is_told(written):
    """By all files of it."""
    path = written(one='extends = "two.toml"\n', two='extends = "one.toml"\n')
    with pytest.raises(
        ProfileError, match=r"two.toml: extends: expected no circle: \S*two.toml extends \S*one.toml extends"
    ):
        read(path)
    with pytest.raises(ProfileError, match="no circle"):
        read(written(self='extends = "self.toml"\n'))


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ('"erpnt"', 'not "erpnt"; did you mean "erpnet"'),
        ('"bse.toml"', 'did you mean "base.toml"'),
        ("3", "from the folder"),
    ],
)
def test_a_profile_that_is_not_there_is_told(written, named, sentence):
    """With what may have been meant."""
    with pytest.raises(ProfileError, match=sentence):
        read(written(base=BASE, test=f"extends = {named}\n"))


def test_a_mistake_names_both_files(written):
    """It may stand in either."""
    path = written(base=BASE.replace("lifetime = 3600", "lifetme = 3600"), test='extends = "base.toml"\n')
    with pytest.raises(ProfileError, match=r"test.toml over \S*base.toml: grants.refresh_token.lifetme: unknown key"):
        load(path, {"SECRET": "one", "TOKEN": "two"})
