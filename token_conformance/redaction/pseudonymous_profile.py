"""A profile with pseudonyms of its secrets and its users, so that its evidence can be judged without them."""

from __future__ import annotations

import json

from token_conformance.profile.client import Client
from token_conformance.profile.login import Login
from token_conformance.profile.models import Profile
from token_conformance.profile.signing_key import another_of, private_key
from token_conformance.redaction.pseudonymous_text import PseudonymousText
from token_conformance.redaction.pseudonyms import Pseudonyms

OF_USERS = ("username", "password", "refresh_token")


def learn_profile(profile: Profile, pseudonyms: Pseudonyms, texts: PseudonymousText) -> None:
    """Give pseudonyms to the secrets of a profile, and look for its users everywhere."""
    for client in profile.clients:
        pseudonyms.of("client_secret", client.client_secret or "")
    for login in profile.login.of_each_user:
        texts.learn("username", login.username or "")
        pseudonyms.of("password", login.password or "")


def with_pseudonyms(profile: Profile, pseudonyms: Pseudonyms) -> Profile:
    """The profile as its evidence has it: clients sign by keys that nobody has registered."""
    clients = [_client(client, pseudonyms) for client in profile.clients]
    server = profile.server.model_copy(update={"ca_bundle": None, "proxy": None})
    login = _login(profile.login, pseudonyms)
    return profile.model_copy(update={"clients": clients, "server": server, "login": login, "examples": {}})


def _client(client: Client, pseudonyms: Pseudonyms) -> Client:
    changes: dict[str, str] = {}
    if client.client_secret is not None:
        changes["client_secret"] = pseudonyms.of("client_secret", client.client_secret)
    if client.signing_key is not None:
        changes["signing_key"] = json.dumps(another_of(private_key(client.signing_key)).as_dict(private=True))
    return client.model_copy(update=changes)


def _login(login: Login, pseudonyms: Pseudonyms) -> Login:
    users = [
        user.model_copy(
            update={
                "username": pseudonyms.of("username", user.username),
                "password": pseudonyms.of("password", user.password),
            }
        )
        for user in login.users
    ]
    given = {name: value for name in OF_USERS if (value := getattr(login, name)) is not None}
    return login.model_copy(
        update={**{name: pseudonyms.of(name, value) for name, value in given.items()}, "users": users}
    )
