"""WeChat's API as far as we use it, with its limits; held honest by wechatpy's own client."""

import json
from collections import deque
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TEXT_LIMIT = 2048
SENDS_PER_MESSAGE = 5
IMAGE_LIMIT = 2 * 1024 * 1024


@dataclass
class FakeWeChat:
    appid: str = "wx0123456789abcdef"
    secret: str = "the-app-secret"
    expires_in: int = 7200
    sent: list[tuple[str, str]] = field(default_factory=list)
    typing: list[str] = field(default_factory=list)
    tokens_issued: int = 0
    send_calls: int = 0
    errors: deque[int] = field(default_factory=deque)  # answers to the next sendings
    token_errors: deque[int] = field(default_factory=deque)
    typing_errors: deque[int] = field(default_factory=deque)
    network: deque[str] = field(default_factory=deque)  # "answer_lost" | "unreachable" | "html"
    media: dict[str, bytes] = field(default_factory=dict)  # what people sent, by media id
    uploaded: dict[str, bytes] = field(default_factory=dict)
    images: list[tuple[str, bytes]] = field(default_factory=list)  # sent to people
    quota: dict[str, int] = field(default_factory=dict)  # openid → sendings left; absent: endless
    token: str | None = None
    token_never_works: bool = False

    def revoke_token(self) -> None:
        self.token = None

    def user_wrote(self, openid: str) -> None:
        self.quota[openid] = SENDS_PER_MESSAGE

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.sent]

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/cgi-bin/stable_token", self._stable_token, methods=["POST"]),
                Route("/cgi-bin/message/custom/send", self._send, methods=["POST"]),
                Route("/cgi-bin/message/custom/typing", self._typing, methods=["POST"]),
                Route("/cgi-bin/media/get", self._get_media, methods=["GET"]),
                Route("/cgi-bin/media/upload", self._upload, methods=["POST"]),
            ]
        )

    def transport(self) -> httpx.AsyncBaseTransport:
        return _Network(self)

    async def _stable_token(self, request: Request) -> JSONResponse:
        body = await request.json()
        if self.token_errors:
            return _error(self.token_errors.popleft())
        if body.get("grant_type") != "client_credential" or body.get("appid") != self.appid:
            return _error(40013)
        if body.get("secret") != self.secret:
            return _error(40125)
        self.tokens_issued += 1
        if self.token is None:
            self.token = f"TOKEN-{self.tokens_issued}"
        return JSONResponse({"access_token": self.token, "expires_in": self.expires_in})

    async def _send(self, request: Request) -> JSONResponse:
        self.send_calls += 1
        raw = await request.body()
        if error := self._token_error(request):
            return error
        body: dict[str, Any] = json.loads(raw)
        if b"\\u" in raw:
            return _error(40033)
        if body.get("msgtype") not in ("text", "image") or not body.get("touser"):
            return _error(40008)
        image = self.uploaded.get(body["image"]["media_id"]) if body["msgtype"] == "image" else None
        if body["msgtype"] == "image" and image is None:
            return _error(40007)
        text = "" if image else body["text"]["content"]
        if len(text.encode()) > TEXT_LIMIT:
            return _error(45002)
        if self.errors and (code := self.errors.popleft()):
            return _error(code)
        if not self._spend(body["touser"]):
            return _error(45047)
        if image:
            self.images.append((body["touser"], image))
        else:
            self.sent.append((body["touser"], text))
        return _error(0)

    async def _get_media(self, request: Request) -> Response:
        if error := self._token_error(request):
            return error
        data = self.media.get(request.query_params.get("media_id", ""))
        return _error(40007) if data is None else Response(data, media_type="image/jpeg")

    async def _upload(self, request: Request) -> JSONResponse:
        if error := self._token_error(request):
            return error
        head = b"Content-Type: " + request.headers["content-type"].encode() + b"\r\n\r\n"
        [part] = message_from_bytes(head + await request.body(), policy=HTTP).iter_parts()
        data = part.get_content()
        if part.get_param("name", header="content-disposition") != "media":
            return _error(41005)
        if not (part.get_filename() or "").endswith((".jpg", ".png", ".gif")):
            return _error(40005)
        if len(data) > IMAGE_LIMIT:
            return _error(40009)
        name = f"MEDIA-{len(self.uploaded)}"
        self.uploaded[name] = data
        return JSONResponse({"type": "image", "media_id": name, "created_at": 0})

    async def _typing(self, request: Request) -> JSONResponse:
        if error := self._token_error(request):
            return error
        body = await request.json()
        if body.get("command") not in ("Typing", "CancelTyping"):
            return _error(45072)
        if self.typing_errors:
            return _error(self.typing_errors.popleft())
        if not body.get("touser", "").startswith("o"):
            return _error(40003)
        self.typing.append(body["touser"])
        return _error(0)

    def _token_error(self, request: Request) -> JSONResponse | None:
        given = request.query_params.get("access_token")
        if given is None or given != self.token or self.token_never_works:
            return _error(40001)
        return None

    def _spend(self, openid: str) -> bool:
        left = self.quota.get(openid)
        if left is None:
            return True
        self.quota[openid] = max(0, left - 1)
        return left > 0


class _Network(httpx.AsyncBaseTransport):
    """Our client straight into the fake, with a network that can fail on the way."""

    def __init__(self, fake: FakeWeChat) -> None:
        self._fake = fake
        self._inner = httpx.ASGITransport(app=fake.app())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        trouble = None
        if self._fake.network and request.url.path.endswith("/send"):
            trouble = self._fake.network.popleft()
        if trouble == "unreachable":
            raise httpx.ConnectError("refused", request=request)
        if trouble == "html":
            return httpx.Response(502, text="<html>bad gateway</html>", request=request)
        response = await self._inner.handle_async_request(request)
        if trouble == "answer_lost":
            raise httpx.ReadTimeout("too late", request=request)
        return response


def _error(code: int) -> JSONResponse:
    return JSONResponse({"errcode": code, "errmsg": "ok" if code == 0 else "refused"})
