"""The shortest stories that show faults in which several things have to come together, as text that can be read."""

from __future__ import annotations

from token_conformance.exploring.acts import Act, Relation, Step, Story

STORIES = {
    "second-foreign-introspection-ends-session": "login, foreign introspect, foreign introspect, refresh",
    "second-foreign-revocation-ends-session": "login, foreign revoke, foreign revoke, refresh",
    "foreign-refresh-then-revocation-ends-session": "login, foreign refresh, foreign revoke, refresh",
    "outstanding-code-strands-session": "login, authorize 1, refresh, refresh, refresh",
    "second-narrowing-shrinks-grant": "login, narrow, narrow, refresh",
    "scope-shrinks-late-after-narrowing": "login, narrow, refresh, refresh, refresh",
    "scope-widens-late-after-narrowing": "login, narrow, refresh, refresh, refresh",
    "scope-widens-after-second-excess": "login, widen, widen, refresh",
    "second-excess-strands-client": "login, widen, widen, refresh",
    "excess-after-narrowing-strands-client": "login, narrow, widen, refresh",
    "seventh-refresh-forgets-uses": "login, refresh, refresh, refresh, refresh, refresh, refresh, refresh, refresh first",
    "late-refresh-forgets-uses": "login, wait long, refresh, refresh previous",
    "foreign-attempt-forgets-uses": "login, foreign refresh, refresh, refresh previous",
    "narrowing-forgets-uses": "login, narrow, refresh, refresh previous",
    "userinfo-in-deep-session-ends-it": "login, refresh, refresh, refresh, userinfo, refresh",
    "introspection-after-narrowing-strands-client": "login, narrow, introspect, refresh",
    "third-use-ends-access-token": "login, use, refresh, use, use, use, use",
    "revoked-access-token-revived-by-refresh": "login, introspect access, revoke access, refresh, refresh, introspect access first",
    "second-login-revives-after-reuse": "login, refresh, refresh previous, login 1, login 2, refresh",
    "introspection-revives-after-revocation": "login, introspect, revoke, introspect, introspect, refresh",
    "replayed-code-works-in-deep-session": "login, refresh, refresh, exchange",
    "second-reuse-elsewhere-ends-session": (
        "login, login 1, login 2, refresh, refresh 1, refresh 2, refresh previous, refresh previous 1, refresh 2"
    ),
    "revocation-at-another-client-ends-renewed-session": (
        "login, login at another client 1, refresh, revoke 1, refresh"
    ),
    "another-user-mixed-up-after-refresh": "login, login of another user 1, refresh, refresh",
    "auth-time-lost-after-introspections": "login, introspect access, introspect access, refresh",
    "foreign-code-then-refresh-ends-session": "login, foreign exchange, refresh, refresh, refresh",
}
"""By the fault: what is done, to which token where it is not the newest, and in which session where it is not the first."""


def story(text: str) -> Story:
    """The steps of a story that is written as text."""
    return tuple(_step(sentence.strip()) for sentence in text.split(","))


def _step(sentence: str) -> Step:
    words = sentence.upper().split()
    session = int(words.pop()) if words[-1].isdigit() else 0
    named = "_".join(words)
    if named not in Act.__members__:
        named = "_".join(words[:-1])
        return Step(Act[named], session, Relation[words[-1]])
    return Step(Act[named], session)
