"""`init` drafts a profile from a provider's metadata, asks for the rest, and says in a sentence what is in its way."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

from token_conformance.command_line.main import main
from token_conformance.profile.files import examples
from token_conformance.profile.loading import load
from token_conformance.profile_writing import writing
from token_conformance.reference import ReferenceServer
from token_conformance.reference.loopback import LoopbackServer, on_loopback

EVERYTHING = Path(__file__).parent.parent / "suites" / "everything.toml"


@pytest.fixture
def reference():
    """The issuer of a reference server that offers everything."""
    loopback = LoopbackServer()
    profile = on_loopback(load(EVERYTHING, {}), loopback.base_url)
    with loopback.serving(ReferenceServer(profile).application):
        yield loopback.base_url


@pytest.fixture
def init(tmp_path, monkeypatch):
    """Runs the command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments, answers="": CliRunner().invoke(main, ["init", *arguments], input=answers)


@contextmanager
def provider_with(metadata, path="/.well-known/openid-configuration"):
    """The address of a provider whose metadata are a value, or what a function of its address gives."""
    loopback = LoopbackServer()
    body = metadata(loopback.base_url) if callable(metadata) else metadata
    answer = HTMLResponse(body) if isinstance(body, str) else JSONResponse(body)

    async def endpoint(request):
        return answer

    with loopback.serving(Starlette(routes=[Route(path, endpoint)])) as base_url:
        yield base_url


def metadata_with(**members):
    """Metadata that suffice, with other members."""
    return lambda base_url: {"issuer": base_url, "token_endpoint": f"{base_url}/token", **members}


def test_a_draft_tells_what_the_metadata_tell(init, reference):
    """Grants, PKCE, authentication and scope are those of the metadata; variables stand for the rest."""
    result = init(reference, "--non-interactive")
    assert result.exit_code == 0, result.output
    path = Path("profiles/127.0.0.1.toml")
    assert f"token-conformance run {path} --live" in result.output
    profile = load(path, examples(path))
    grants = profile.grants
    assert profile.server.issuer == reference
    assert (grants.authorization_code.pkce, grants.authorization_code.prompt) == ("S256", "consent")
    assert grants.authorization_code.scope == "openid profile offline_access"
    assert grants.refresh_token is not None
    assert grants.refresh_token.rotation.likely is None
    assert grants.client_credentials is None, "listed, and many clients may not use it"
    assert "# [grants.client_credentials]" in path.read_text("utf-8")
    assert grants.password is None, "listed, and hardly any client may use it"
    assert profile.main.authentication == "client_secret_basic"
    assert profile.profile.claims == ["oidc"]
    assert 'client_secret = "${OP_127_0_0_1_CLIENT_SECRET}"' in path.read_text("utf-8")


def test_answers_go_into_the_profile(init, reference):
    """What the user types replaces variables; Enter keeps them; a redirect_uri that is none is asked for again."""
    answers = "\n".join(
        [
            "Our provider",
            "",  # client_credentials: no
            "y",  # password
            "client_secret_post",
            "my.app",
            "",  # client_secret
            "localhost:3333",
            "https://app.example/callback",
            "openid",
            "alice",
            "wonder\\land",
            "",
        ]
    )
    result = init(reference, "--output", "profile.toml", answers=answers)
    assert result.exit_code == 0, result.output
    assert "expected an absolute URL" in result.output
    assert "keep the file to yourself" in result.output
    profile = load(Path("profile.toml"), {"OP_127_0_0_1_CLIENT_SECRET": "from-the-environment"})
    assert profile.profile.name == "Our provider"
    assert (profile.main.client_id, profile.main.client_secret) == ("my.app", "from-the-environment")
    assert profile.main.authentication == "client_secret_post"
    assert profile.main.redirect_uri == "https://app.example/callback"
    assert profile.grants.client_credentials is None
    assert profile.grants.password is not None
    assert profile.grants.authorization_code.scope == "openid"
    assert (profile.login.username, profile.login.password) == ("alice", "wonder\\land")


SECRETLY = "\n".join(
    ["Ours", "", "", "", "my.app", "canary-secret", "https://app.example/cb", "openid", "alice", "", ""]
)


def test_a_literal_secret_is_kept_from_others(init, reference):
    """In a new file and in the place of one that everybody could read."""
    Path("open.toml").write_text("precious", "utf-8")
    Path("open.toml").chmod(0o644)
    for name in ("new.toml", "open.toml"):
        result = init(reference, "--force", "-o", name, answers=SECRETLY)
        assert result.exit_code == 0, result.output
        assert "canary-secret" in Path(name).read_text("utf-8")
        assert Path(name).stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in Path().iterdir()) == ["new.toml", "open.toml"]


def test_a_literal_secret_is_not_written_where_others_read(init, reference, monkeypatch):
    """Not to the terminal or a pipe, not over what is no file, and not where a file system knows no modes."""
    refused = [init(reference, "-o", "-", answers=SECRETLY)]
    Path("folder.toml").mkdir()
    refused.append(init(reference, "--force", "-o", "folder.toml", answers=SECRETLY))
    monkeypatch.setattr(writing, "_readable_by_others", lambda path: True)
    refused.append(init(reference, "-o", "shared.toml", answers=SECRETLY))
    assert [result.exit_code for result in refused] == [4, 4, 4]
    assert "canary-secret" not in "".join(result.output for result in refused)
    assert [path.name for path in Path().iterdir()] == ["folder.toml"]
    assert "keeps nothing from other users" in refused[2].output


def test_variables_need_no_such_care(init, reference):
    """A profile without secrets is like any other file, and can be shared."""
    assert init(reference, "--non-interactive", "-o", "shared.toml").exit_code == 0
    assert Path("shared.toml").stat().st_mode & 0o777 == 0o666 & ~mask()


def mask():
    """The mode that new files do not have here."""
    current = os.umask(0)
    os.umask(current)
    return current


def test_the_proxy_of_the_environment_is_written_down(init, reference):
    """Runs are to go through it, too."""
    assert init(reference, "--non-interactive", "--proxy", "env", "-o", "mine.toml").exit_code == 0
    assert load(Path("mine.toml"), examples(Path("mine.toml"))).server.proxy == "env"


def test_where_nobody_answers_the_way_without_questions_is_named(init, reference):
    """A script that calls `init` has no terminal: it is told how to ask nothing."""
    refused = init(reference, "-o", "mine.toml")
    assert (refused.exit_code, Path("mine.toml").exists()) == (4, False)
    assert "nobody answers the questions: --non-interactive asks none" in refused.output


def test_a_profile_that_is_there_is_kept(init, reference):
    """Only --force replaces it."""
    Path("mine.toml").write_text("precious", "utf-8")
    refused = init(reference, "--non-interactive", "-o", "mine.toml")
    assert (refused.exit_code, Path("mine.toml").read_text("utf-8")) == (4, "precious")
    assert "mine.toml is there already" in refused.output
    assert init(reference, "--non-interactive", "-o", "mine.toml", "--force").exit_code == 0
    assert load(Path("mine.toml"), examples(Path("mine.toml")))


@pytest.mark.parametrize("suffix", ["", "/", "/.well-known/openid-configuration"])
def test_an_issuer_may_be_written_carelessly(init, reference, suffix):
    """A slash too many does not matter, and the address of the metadata serves too."""
    result = init(f"{reference}{suffix}", "--non-interactive", "-o", "-")
    assert f'issuer = "{reference}"' in result.output


def test_metadata_of_rfc_8414_serve(init):
    """A provider without OpenID Connect yields a profile that claims none."""
    members = metadata_with(
        grant_types_supported=["client_credentials"], token_endpoint_auth_methods_supported=["client_secret_post"]
    )
    with provider_with(members, "/.well-known/oauth-authorization-server") as issuer:
        assert init(issuer, "--non-interactive", "-o", "service.toml").exit_code == 0
    profile = load(Path("service.toml"), examples(Path("service.toml")))
    assert (profile.profile.claims, profile.main.authentication) == ([], "client_secret_post")
    assert profile.grants.authorization_code is None
    assert profile.main.redirect_uri is None


def test_public_clients_have_no_secret(init):
    """Where none is the only method, the client is public."""
    with provider_with(metadata_with(token_endpoint_auth_methods_supported=["none"])) as issuer:
        assert init(issuer, "--non-interactive", "-o", "public.toml").exit_code == 0
    assert load(Path("public.toml"), examples(Path("public.toml"))).main.public


def test_methods_that_cannot_be_drafted_are_told(init):
    """Where only keys or certificates authenticate, the draft says that its method is a guess."""
    with provider_with(metadata_with(token_endpoint_auth_methods_supported=["private_key_jwt"])) as issuer:
        result = init(issuer, "--non-interactive", "-o", "-")
    assert "That is a guess" in result.output


HOSTILE = {
    "scopes_supported": ["openid", "x\n[server]", "${HOME}", 7, None, "é"],
    "grant_types_supported": ["authorization_code", {"a": 1}],
    "token_endpoint_auth_methods_supported": {"client_secret_basic": True},
    "code_challenge_methods_supported": "S256",
}


def test_nothing_that_metadata_say_breaks_the_profile(init):
    """Values of wrong types are as good as absent, and no value gets out of its comment."""
    with provider_with(metadata_with(**HOSTILE)) as issuer:
        assert init(issuer, "--non-interactive", "-o", "hostile.toml").exit_code == 0
    profile = load(Path("hostile.toml"), examples(Path("hostile.toml")))
    assert (profile.grants.authorization_code.scope, profile.grants.authorization_code.pkce) == ("openid", False)


@pytest.mark.parametrize(
    ("metadata", "sentence"),
    [
        (
            {"issuer": "https://other.example", "token_endpoint": "https://other.example/token"},
            "name the issuer 'https://other",
        ),
        ({"token_endpoint": "https://op.example/token"}, "name no issuer"),
        (
            {"issuer": "https://other\x1b[2J\nERROR: x", "token_endpoint": "https://op.example/token"},
            r"name the issuer 'https://other\x1b[2J\nERROR: x'",
        ),
        (metadata_with(token_endpoint=["https://op.example/token"]), "name no token_endpoint"),
        (metadata_with(grant_types_supported=["implicit"]), "list none of the grants"),
        ([], "is a JSON object of metadata"),
    ],
)
def test_a_provider_that_cannot_be_described_is_told_in_a_sentence(init, metadata, sentence):
    """The exit status is 4, nothing is written, and no traceback is shown."""
    with provider_with(metadata) as issuer:
        result = init(issuer, "--non-interactive")
    assert result.exit_code == 4
    assert sentence in result.output
    assert "Traceback" not in result.output
    assert not Path("profiles").exists()


def test_a_web_page_in_the_place_of_metadata_is_named(init):
    """An application that answers every address with its own page is no provider."""
    with provider_with("<html>Welcome</html>", "/{path:path}") as issuer:
        result = init(issuer, "--non-interactive")
    assert result.exit_code == 4
    assert "is a JSON object of metadata: the last answer was 200, text/html; check the address" in result.output


@pytest.mark.parametrize(
    ("issuer", "sentence"),
    [
        ("http://127.0.0.1:1", "http://127.0.0.1:1 cannot be reached: no connection to 127.0.0.1:1"),
        ("ftp://op.example", "'ftp://op.example' is no issuer"),
        ("http://op.example", "is plain http, by which everybody on the way reads secrets: expected https"),
        ("https://op.example:99999", "is no issuer"),
        ("https://${HOST}", "is no issuer"),
        ("", "'' is no issuer"),
    ],
)
def test_an_address_that_is_none_is_told_in_a_sentence(init, issuer, sentence):
    """Likewise where nobody answers."""
    result = init(issuer, "--non-interactive")
    assert result.exit_code == 4
    assert sentence in result.output


def test_a_file_that_cannot_be_written_is_told(init, reference):
    """A folder in the place of the file is no crash."""
    Path("folder.toml").mkdir()
    result = init(reference, "--non-interactive", "--force", "-o", "folder.toml")
    assert result.exit_code == 4
    assert "folder.toml cannot be written" in result.output


TWOBA = "https://authorize.2ba.example/connect/token"


def test_a_provider_without_metadata_is_asked_for(init):
    """The user names the endpoints; the profile is of plain OAuth 2.0, logs in by password, and claims nothing of OIDC."""
    answers = [
        "2BA",
        "https://authorize.2ba.example/OAuth/Authorize",
        *["none", "not an address", "none", "", ""],  # userinfo, revocation twice, introspection, keys
        *["", "", "", "y"],  # code, refresh, client_credentials, password
        "client_secret_post",
        *["", ""],  # client_id and secret
        "n",  # PKCE
        *["", "", "", ""],  # redirect_uri, scope, name and password
        "",
    ]
    result = init("--without-discovery", TWOBA, "-o", "2ba.toml", answers="\n".join(answers))
    assert result.exit_code == 0, result.output
    assert "expected an http or https URL" in result.output
    profile = load(Path("2ba.toml"), examples(Path("2ba.toml")))
    assert (profile.server.issuer, profile.server.token_endpoint) == (None, TWOBA)
    assert profile.server.authorization_endpoint == "https://authorize.2ba.example/OAuth/Authorize"
    assert profile.server.revocation_endpoint is None
    assert (profile.profile.claims, profile.claims, profile.openid) == ([], {"oauth2"}, False)
    assert profile.grants.password is not None
    assert profile.grants.client_credentials is None
    assert profile.grants.authorization_code.pkce is False
    assert profile.main.authentication == "client_secret_post"


def test_without_an_authorization_endpoint_nobody_logs_in_by_code(init):
    """A provider for services alone: the own name is what is left, and is asked for."""
    answers = ["Machines", *["none"] * 5, "n", "y", "n", "client_secret_basic", "", "", ""]
    result = init("--without-discovery", "identity.2ba.example/connect/token", "-o", "-", answers="\n".join(answers))
    assert result.exit_code == 0, result.output
    Path("machines.toml").write_text(result.stdout, "utf-8")
    profile = load(Path("machines.toml"), examples(Path("machines.toml")))
    assert profile.grants.authorization_code is None
    assert profile.grants.client_credentials is not None
    assert profile.server.token_endpoint == "https://identity.2ba.example/connect/token"


def test_variables_stand_for_endpoints_too(init):
    """Where nothing is asked."""
    assert init("--without-discovery", TWOBA, "--non-interactive", "-o", "2ba.toml").exit_code == 0
    written = Path("2ba.toml").read_text("utf-8")
    assert 'authorization_endpoint = "${AUTHORIZE_2BA_EXAMPLE_AUTHORIZATION_ENDPOINT}"' in written
    assert load(Path("2ba.toml"), examples(Path("2ba.toml"))).grants.authorization_code is not None


def test_metadata_that_are_not_there_lead_to_the_other_way(init):
    """An installed package brings along nothing to copy: the message names the option."""
    with provider_with("<html>Welcome</html>", "/{path:path}") as issuer:
        assert "--without-discovery" in init(issuer, "--non-interactive").output
