"""Which cookies the user's browser sends back."""

from __future__ import annotations

from http.cookiejar import Cookie, DefaultCookiePolicy
from urllib.parse import urlsplit
from urllib.request import Request

from token_conformance.profile.hosts import LOOPBACK


class OfBrowsers(DefaultCookiePolicy):
    """`Secure` cookies go by https, and without it to this machine, which browsers trust as much.

    RFC 6265 §5.4 leaves to the user agent what a secure protocol is.
    """

    def return_ok_secure(self, cookie: Cookie, request: Request) -> bool:
        """Whether a cookie may go with a request, as far as its attribute `Secure` says."""
        return super().return_ok_secure(cookie, request) or urlsplit(request.full_url).hostname in LOOPBACK
