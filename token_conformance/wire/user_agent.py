"""What sends requests: a client without cookies, or the user's browser with its own."""

from __future__ import annotations

from functools import lru_cache
from http.cookiejar import CookieJar

import httpx

from token_conformance.profile.models import Limits
from token_conformance.wire.bounds import bound, check_head
from token_conformance.wire.connection import Connection
from token_conformance.wire.cookies import OfBrowsers
from token_conformance.wire.exchange import Headers, Request
from token_conformance.wire.transports import Transport

USER_AGENT = "token-conformance"

SAID: Headers = (
    ("Accept", "*/*"),
    ("Accept-Encoding", "identity"),
    ("Connection", "keep-alive"),
    ("User-Agent", USER_AGENT),
)
"""The headers of each request that does not say otherwise."""


class UserAgent:
    """Sends requests by the transports of a connection, and follows no redirect.

    It is what is left of `httpx.AsyncClient` where nothing is followed, proxied or taken from the environment; that
    prepares all of it for each request.

    Args:
        connection: whose transports send; one for each certificate (RFC 8705).
        limits: those of the profile.
        cookies: what a browser keeps; None for a client, which keeps none.

    """

    def __init__(self, connection: Connection, limits: Limits, cookies: CookieJar | None = None) -> None:
        self._connection = connection
        self._timeout = httpx.Timeout(limits.request_timeout).as_dict()
        self._cookies = httpx.Cookies(cookies) if cookies is not None else None
        if cookies is not None:
            cookies.set_policy(OfBrowsers())

    async def answer(self, request: Request) -> httpx.Response:
        """The answer to a request, its body not read yet; the caller closes it.

        Raises:
            httpx.HTTPError: none came, it sends elsewhere by a malformed address, or its headers go beyond all bounds.
            httpx.InvalidURL: the address of the request is none.

        """
        outgoing = self._outgoing(request)
        answer = await transport_for(request, self._connection).handle_async_request(outgoing)
        answer.request = outgoing
        try:
            check_head(request, answer)
            if self._cookies is not None and "set-cookie" in answer.headers:
                self._cookies.extract_cookies(answer)
                bound(self._cookies.jar)
            if answer.has_redirect_location:
                check_address(answer.headers["location"], outgoing.url)
        except BaseException:
            await answer.aclose()
            raise
        return answer

    def _outgoing(self, request: Request) -> httpx.Request:
        outgoing = httpx.Request(
            request.method,
            address(request.url),
            headers=[*unsaid(request.headers), *request.headers],
            content=request.body,
            extensions={"timeout": self._timeout},
        )
        if not request.body and request.method == "GET":
            outgoing.headers.pop("content-length", None)
        if self._cookies:
            self._cookies.set_cookie_header(outgoing)
        if outgoing.url.userinfo:
            login = httpx.BasicAuth(outgoing.url.username, outgoing.url.password)
            outgoing = next(login.auth_flow(outgoing))
        return outgoing


@lru_cache(256)
def address(url: str) -> httpx.URL:
    """The address in a URL, most of which are asked time and again.

    Raises:
        httpx.InvalidURL: it is none.

    """
    return httpx.URL(url)


def transport_for(request: Request, connection: Connection) -> Transport:
    """The way of a connection that presents the certificate of a request, or none where it has none."""
    return connection.transport if request.certificate is None else connection.presenting(request.certificate)


def unsaid(headers: Headers) -> Headers:
    """What all requests say and these headers do not."""
    said = {name.lower() for name, _ in headers}
    return tuple((name, value) for name, value in SAID if name.lower() not in said)


def check_address(location: str, sent_to: httpx.URL) -> None:
    """Refuse an answer that sends to a malformed address (RFC 9110 §10.2.2), absolute or relative.

    Raises:
        httpx.RemoteProtocolError: the address cannot be read.
        httpx.InvalidURL: it cannot be completed by the one that was asked.

    """
    try:
        to = address(location)
    except httpx.InvalidURL as problem:
        raise httpx.RemoteProtocolError(f"Invalid URL in location header: {problem}.") from None
    if to.scheme and not to.host:
        to.copy_with(host=sent_to.host)
    if to.is_relative_url:
        sent_to.join(to)
