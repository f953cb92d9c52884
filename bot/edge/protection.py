"""Security headers, request size, embedding origins and failures, for every response."""

import logging
import re

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.conversation.file_content import MAX_BYTES as CHAT_FILE_BYTES
from bot.edge.errors import refuse
from bot.errors import trace_of
from bot.settings import Settings

logger = logging.getLogger(__name__)

BODY_LIMIT_BYTES = 512 * 1024  # the largest is a FAQ or an action call; WeChat has a smaller one
# An upload of staff: its route checks who asks before it reads.
_LARGER_BYTES = {
    "/api/console/documents/import": 10 * 1024 * 1024 + 1,
    "/api/office/talents/import": CHAT_FILE_BYTES + 1,
}
# Of chats and of cases, and an employer's list of people.
_FILES = re.compile(
    r"/api/(web|unit|desk/chats/[0-9a-f]{32}|office/cases/[0-9a-f]{32})/files|/api/unit/items/[a-z0-9-]{1,64}/form"
)
_SELF = "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'"
# Element Plus sets inline styles; scripts stay strict everywhere.
_CSP = f"{_SELF}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; frame-ancestors 'none'"
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def install(app: FastAPI, settings: Settings) -> None:
    app.add_middleware(Protection, https=(settings.public_url or "").startswith("https://"))
    origins = [origin.strip() for origin in settings.embed_origins.split(",") if origin.strip()]
    if origins:
        # Bearer tokens only: staff cookies never work from another site.
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=["Authorization", "Content-Type"],
            max_age=600,
        )


class Protection:
    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = dict(_HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        limit = _LARGER_BYTES.get(scope["path"], BODY_LIMIT_BYTES)
        if _FILES.fullmatch(scope["path"]):
            limit = CHAT_FILE_BYTES + 1
        received = 0
        answering = False

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413)  # the one exception FastAPI lets through while it reads
            return message

        async def secured(message: Message) -> None:
            nonlocal answering
            if message["type"] == "http.response.start":
                answering = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope["path"] == "/widget.js":
                    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
                if scope["path"].startswith(("/api/", "/internal/")):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        too_large = refuse(413, "too_large", "内容太大，请缩短后重试。")
        if not length.isdigit() or int(length) > limit:
            await too_large(scope, receive, secured)
            return
        try:
            await self._app(scope, bounded, secured)
        except ClientDisconnect:
            pass  # nobody is there to be answered
        except Exception as error:
            # Nothing may go further: the server would log the words of the error, which may quote a person.
            logger.error("%s request failed: %s", scope["method"], trace_of(error))
            if not answering:  # else the server closes the connection, which tells that something is missing
                broken = refuse(500, "internal_error", "系统出了点问题，我们已记录，请稍后重试或转人工。")
                await broken(scope, receive, secured)
