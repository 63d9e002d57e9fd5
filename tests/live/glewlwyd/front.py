"""What stands before glewlwyd: a reverse proxy, as its documentation has it, with a login page that needs no scripts."""

from __future__ import annotations

from urllib.parse import parse_qs

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

PAGE = """<!doctype html><title>Log in</title>
<form method="post"><input name="username"><input type="password" name="password"><button>Log in</button></form>"""
ASK_FOR_CODE = """<!doctype html><title>A device</title>
<form action="{address}"><input name="code" autocomplete="off"><button>Continue</button></form>"""
HOP_BY_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"date"}


def front(behind: httpx.AsyncClient) -> Starlette:
    """The application: `/login` is the page, all else is passed on as it comes, and its answers as they are."""

    async def login(request: Request) -> Response:
        asked = request.query_params.get("prompt", "")
        if asked == "device":
            return HTMLResponse(ASK_FOR_CODE.format(address=request.query_params["callback_url"]))
        if asked.startswith("device"):
            return HTMLResponse(f"<!doctype html><title>A device</title><p>{asked}")
        cookies = {"Cookie": request.headers.get("cookie", "")}
        if request.method == "POST":
            sent = parse_qs((await request.body()).decode())
            said = await behind.post("/api/auth/", json={name: values[0] for name, values in sent.items()})
        else:
            said = await behind.get("/api/profile_list", headers=cookies)
        if said.status_code != 200 or (request.method == "GET" and "refresh_login" in request.query_params):
            return HTMLResponse(PAGE)
        # The page says by this parameter that the user has decided.
        callback = request.query_params["callback_url"]
        onward = RedirectResponse(f"{callback}{'&' if '?' in callback else '?'}g_continue", 303)
        onward.raw_headers.extend((b"set-cookie", value.encode()) for value in said.headers.get_list("set-cookie"))
        return onward

    async def passed_on(request: Request) -> Response:
        query = request.scope["query_string"].decode()
        path = request.scope["raw_path"].decode() + (f"?{query}" if query else "")
        headers = [pair for pair in request.headers.raw if pair[0] not in HOP_BY_HOP]
        sent = behind.build_request(request.method, path, headers=headers, content=await request.body())
        said = await behind.send(sent)
        answer = Response(said.content, said.status_code)
        answer.raw_headers = [
            (name.lower(), value) for name, value in said.headers.raw if name.lower() not in HOP_BY_HOP
        ]
        return answer

    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
    return Starlette(
        routes=[Route("/login", login, methods=["GET", "POST"]), Route("/{path:path}", passed_on, methods=methods)]
    )
