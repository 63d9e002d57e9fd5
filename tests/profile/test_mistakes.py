"""Every mistake in a profile is one sentence: where, what was expected, what came, and how to mend it."""

import pytest

from token_conformance.profile.files import ProfileError, find
from token_conformance.profile.loading import check_requirements, load

KNOWN = ["rfc6749-6-refresh-succeeds", "rfc6749-expiry-refresh-token"]
ENVIRONMENT = {"ADDRESS": "substituted-value", "STRATEGY": "substituted-value"}


def sentences(path):
    with pytest.raises(ProfileError) as caught:
        load(path, ENVIRONMENT, requirements=KNOWN)
    return [problem.removeprefix(f"{path}: ") for problem in caught.value.problems]


DEVIATION = '[[deviations]]\nrequirement = "rfc6749-6-refresh-succeds"\nexpect = {}\nbecause = "x"\n'

MISTAKES = {
    "an unknown key": (
        ("token_endpoint =", "token_endpont ="),
        'server.token_endpont: unknown key; did you mean "token_endpoint"?',
    ),
    "an unknown key unlike any other": (
        ('strategy = "refresh_token"', 'strategy = "refresh_token"\nxyz = 1'),
        (
            "login.xyz: unknown key; remove it, or use one of strategy, username, password, username_field, "
            "password_field, hosts, username_selector, password_selector, submit_selector, consent_selector, refresh_token, users"
        ),
    ),
    "an unknown table": (
        ("", "", "[limitz]\n"),
        'limitz: unknown key; did you mean "limits"?',
    ),
    "an unknown error condition": (
        ("", "", "[errors.expierd_refresh_token]\nstatus = 400\n"),
        'errors.expierd_refresh_token: unknown key; did you mean "expired_refresh_token"?',
    ),
    "an unknown key in a fact": (
        ("[grants.refresh_token]", '[grants.refresh_token]\nid_token = {valeu = "always"}'),
        'grants.refresh_token.id_token.valeu: unknown key; did you mean "value"?',
    ),
    "a missing key": (
        ('name = "Example"', ""),
        "profile.name: missing; add name = …",
    ),
    "a missing table": (
        ('[profile]\nname = "Example"\n', ""),
        "profile: missing; add [profile] and its keys",
    ),
    "one bracket too few": (
        ("[[clients]]", "[clients]"),
        "clients: expected an array of tables, not a table; write [[clients]] above the keys of each",
    ),
    "a text for a table": (
        ("[grants.refresh_token]", '[grants]\npassword = "canary"'),
        "grants.password: expected a table, not a value that is not shown; write [grants.password] above its keys",
    ),
    "plain http": (
        ("https://op", "http://op"),
        (
            "server: expected https for token_endpoint: by plain http everybody on the way reads secrets; "
            "set server.allow_http = true where that is meant"
        ),
    ),
    "a URL for a host": (
        ('strategy = "refresh_token"', 'strategy = "refresh_token"\nhosts = ["https://login.example.com/"]'),
        (
            "login.hosts[0]: expected a host, with its port if that is not 443, such as login.example.com, "
            'not "https://login.example.com/"'
        ),
    ),
    "a URL of another scheme": (
        ("https://op", "htps://op"),
        (
            "server.token_endpoint: expected an http or https URL such as https://op.example/token, "
            'not "htps://op.example/token"'
        ),
    ),
    "a URL with a fragment": (
        ("/token", "/token#x"),
        'server.token_endpoint: expected a URL without a fragment (RFC 6749 §3.1), not "https://op.example/token#x"',
    ),
    "a URL with an impossible port": (
        ("op.example", "op.example:99999"),
        (
            "server.token_endpoint: expected an http or https URL such as https://op.example/token, "
            'not "https://op.example:99999/token"'
        ),
    ),
    "a URL without a host": (
        ("http://localhost:3333", "localhost:3333"),
        'clients[0].redirect_uri: expected an absolute URL such as https://app.example/callback, not "localhost:3333"',
    ),
    "a wrong value from the environment": (
        ("https://op.example/token", "${ADDRESS}"),
        (
            "server.token_endpoint: expected an http or https URL such as https://op.example/token, "
            'not "${ADDRESS}" as the environment has it'
        ),
    ),
    "a variable that is not set": (
        ('"app"', '"${MISSING}"'),
        "clients[0].client_id: ${MISSING} is not set; expected a value: set the environment variable MISSING",
    ),
    "a URL with a password": (
        ("https://op.example/token", "https://alice:canary@op.example/token"),
        (
            "server.token_endpoint: expected a URL without a name and a password (RFC 9110 §4.2.4), "
            "which reports would show, not a value that is not shown"
        ),
    ),
    "a URL from a variable that is not set": (
        ("https://op.example/token", "${MISSING}"),
        "server.token_endpoint: ${MISSING} is not set; expected a value: set the environment variable MISSING",
    ),
    "a variable without its brace": (
        ('"canary-client-secret"', '"${SECRET"'),
        "clients[0].client_secret: expected ${NAME}, with a name of letters, digits and underscores, behind every ${",
    ),
    "a choice that is none": (
        ('strategy = "refresh_token"', 'strategy = "forms"'),
        (
            'login.strategy: expected "form", "browser", "interactive", "device", "password" or "refresh_token", not "forms"; '
            'did you mean "form"?'
        ),
    ),
    "a choice of a fact": (
        ("[grants.refresh_token]", '[grants.refresh_token]\nrotation = "alway"'),
        'grants.refresh_token.rotation: expected "always" or "never" or "unknown", not "alway"; did you mean "always"?',
    ),
    "a number out of range": (
        ("", "", "[limits]\nconcurrency = 0\n"),
        "limits.concurrency: expected a number greater than 0, not 0",
    ),
    "a race of one": (
        ("", "", "[limits]\nrace = 1\n"),
        "limits.race: expected a number of at least 2, not 1",
    ),
    "one bracket too few for users": (
        ("", "", '[login.users]\nusername = "bob"\npassword = "x"\n'),
        "login.users: expected an array of tables, not a table; write [[login.users]] above the keys of each",
    ),
    "further users of a login that has none": (
        ("", "", '[[login.users]]\nusername = "bob"\npassword = "x"\n'),
        'login.users: expected strategy "form", "browser" or "password" beside it, not "refresh_token"',
    ),
    "a further user who is the first one": (
        (
            'strategy = "refresh_token"',
            'strategy = "form"\nusername = "bob"\npassword = "x"',
            '[[login.users]]\nusername = "bob"\npassword = "y"\n',
        ),
        'login.users: expected different users, not "bob" twice',
    ),
    "a fraction": (
        ("", "", "[limits]\nmax_wait = 1.5\n"),
        "limits.max_wait: expected a whole number, not 1.5",
    ),
    "a status that is no error": (
        ("", "", "[errors.expired_refresh_token]\nstatus = 100\n"),
        "errors.expired_refresh_token.status: expected a number of at least 200, not 100",
    ),
    "a secret of a wrong type": (
        ('"canary-client-secret"', '["canary-client-secret"]'),
        "clients[0].client_secret: expected a string, not an array",
    ),
    "a secret that is a number": (
        ('"canary-client-secret"', "123456"),
        "clients[0].client_secret: expected a string, not a value that is not shown",
    ),
    "a secret that is not there": (
        ('client_secret = "canary-client-secret"', ""),
        'clients[0]: expected client_secret, which authentication = "client_secret_basic" needs; add it',
    ),
    "a secret of a public client": (
        ("client_secret =", 'authentication = "none"\nclient_secret ='),
        'clients[0]: expected no client_secret beside authentication = "none"; remove one of them',
    ),
    "a misspelt secret": (
        ('refresh_token = "canary', 'refresh_tokn = "canary'),
        'login.refresh_tokn: unknown key; did you mean "refresh_token"?',
    ),
    "an unknown client": (
        ("[grants.refresh_token]", '[grants.client_credentials]\nclient = "service"\n[grants.refresh_token]'),
        'grants.client_credentials.client: expected the name of a client, "main", not "service"',
    ),
    "a login that is not possible": (
        ('refresh_token = "canary-refresh-token"', ""),
        'login: expected refresh_token for strategy = "refresh_token"; add to [login]',
    ),
    "nothing to log in to in a browser": (
        ('strategy = "refresh_token"', 'strategy = "interactive"'),
        'login: expected [grants.authorization_code] and [grants.refresh_token] for strategy = "interactive"; add them',
    ),
    "no device to log in by": (
        ('strategy = "refresh_token"', 'strategy = "device"'),
        'login: expected [grants.device_code] and [grants.refresh_token] for strategy = "device"; add them',
    ),
    "no endpoint at all": (
        ('token_endpoint = "https://op.example/token"', ""),
        "server: expected issuer (for discovery) or token_endpoint; add one of them",
    ),
    "an unknown requirement": (
        ("", "", DEVIATION),
        (
            'deviations[0].requirement: expected the id of a requirement, not "rfc6749-6-refresh-succeds"; '
            'did you mean "rfc6749-6-refresh-succeeds"?'
        ),
    ),
    "no TOML": (
        ("[login]", "[login"),
        "line 14, column 7: not TOML (Expected ']' at the end of a table declaration); correct the syntax there",
    ),
}


@pytest.mark.parametrize(("change", "sentence"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told_in_one_sentence(spoilt, change, sentence):
    """The sentence names the place, the expectation, what is written there, and often the remedy; no secret."""
    assert sentences(spoilt(*change)) == [sentence]
    assert "canary" not in sentence


def test_all_mistakes_are_told_at_once(tmp_path):
    """Nobody mends a profile one mistake a run."""
    path = tmp_path / "wrong.toml"
    path.write_text('clients = 3\ngrants = "x"\n[server]\nissuer = "${MISSING}"\n', "utf-8")
    assert sentences(path) == [
        "server.issuer: ${MISSING} is not set; expected a value: set the environment variable MISSING",
        "profile: missing; add [profile] and its keys",
        "clients: expected an array of tables, not 3; write [[clients]] above the keys of each",
        'grants: expected a table, not "x"; write [grants] above its keys',
    ]


def test_mistakes_between_tables_are_told_at_once(spoilt):
    """Two tables that do not fit together do not hide two others."""
    grants = '[grants.authorization_code]\nclient = "a"\n[grants.password]\nclient = "b"\n'
    assert [sentence.split(":")[0] for sentence in sentences(spoilt("[grants.refresh_token]\n", grants))] == [
        "grants.authorization_code.client",
        "grants.password.client",
    ]


FILES = {
    "empty": (b"", "empty; expected the tables of a profile"),
    "only comments": (b"# nothing\n", "empty; expected the tables of a profile"),
    "Latin-1": (b'[profile]\nname = "\xe9"\n', "line 2: expected UTF-8, as TOML is written in; save the file as UTF-8"),
    "binary": (bytes(range(1, 128)), "line 1, column 1: not TOML"),
    "an unfinished string": (b'a = "canary', "end of document: not TOML"),
    "deep nesting": (b"a = " + b"[" * 5000, "cannot be read"),
}


@pytest.mark.parametrize(("contents", "beginning"), FILES.values(), ids=FILES.keys())
def test_a_file_that_is_no_toml_is_told_in_one_sentence(tmp_path, contents, beginning):
    """The line is named, its contents are not."""
    path = tmp_path / "odd.toml"
    path.write_bytes(contents)
    (sentence,) = sentences(path)
    assert sentence.startswith(beginning)
    assert "canary" not in sentence


def test_a_folder_is_no_profile(tmp_path):
    """A folder in the place of a file is named as such."""
    assert sentences(tmp_path) == ["a folder; expected the TOML file of a profile: give its path"]


def test_a_missing_file_is_told_with_the_names_that_exist(tmp_path):
    """Whoever mistypes a path learns what there is."""
    (sentence,) = sentences(tmp_path / "no.toml")
    assert sentence.startswith("no such file; expected the TOML file of a profile, or one of the names 2ba, auth0")


@pytest.mark.parametrize("name", ["erpnett", "x" * 5000, "a\0b", "", "../erpnet/"])
def test_an_unknown_name_is_told(name):
    """No name, however odd, ends in a traceback."""
    with pytest.raises(ProfileError, match=r"no profile|folder|read"):
        load(find(name), {})


def test_a_name_that_is_nearly_right_is_offered():
    """A slip of the finger is answered with the name that was meant."""
    with pytest.raises(ProfileError, match=r'did you mean "erpnet"\?$'):
        find("erpnett")


def test_requirements_of_a_loaded_profile_are_checked_too(make_profile):
    """Facts are held to the catalogue as deviations are."""
    profile = make_profile(facts=[{"statement": "x", "source": "x", "seen_in": ["rfc6749-6", KNOWN[0]]}])
    (sentence,) = check_requirements(profile, KNOWN)
    assert sentence.startswith('facts[0].seen_in[0]: expected the id of a requirement, not "rfc6749-6"')
