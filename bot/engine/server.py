"""The engine's one route."""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from bot.engine.action_endpoint import ActionEndpoint
from bot.engine.failure import TurnFailure
from bot.engine.request import parse_turn
from bot.engine.turn import Engine

HEADER = "X-Huicai-Engine"
MAX_BODY_BYTES = 512 * 1024
_log = logging.getLogger("huicai.engine")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def build_app(*, engine: Engine, actions: ActionEndpoint, secret: str) -> web.Application:
    expected = secret.encode()

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            return _error("wrong_secret", status=401)
        try:
            return await handler(request)
        except TurnFailure as failure:
            _log.warning("turn failed: %s %s", failure.code, failure.detail or "")
            return _error(failure.code, status=failure.status, detail=failure.detail)
        except web.HTTPRequestEntityTooLarge:
            return _error("body_too_large", status=413)
        except web.HTTPException as refusal:
            return _error("not_found", status=refusal.status)
        except Exception as error:
            # The exception's words may quote the message; its type and place do not.
            _log.error("turn failed: %s at %s", type(error).__name__, _place(error))
            return _error("engine_error", status=500)

    async def take(request: web.Request) -> web.Response:
        turn = parse_turn(await request.read())
        return _json(await engine.run(turn))

    async def ready(request: web.Request) -> web.Response:
        return _json({"ready": True, "model": engine.model})

    async def close(_: web.Application) -> None:
        await actions.close()

    app = web.Application(middlewares=[guard], client_max_size=MAX_BODY_BYTES)
    app.router.add_post("/turn", take)
    app.router.add_get("/turn", ready, allow_head=False)
    app.on_cleanup.append(close)
    return app


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else "?"


def _error(code: str, *, status: int, detail: str | None = None) -> web.Response:
    return _json({"error": {"code": code, "detail": detail}}, status=status)


def _json(body: dict[str, Any], *, status: int = 200) -> web.Response:
    return web.json_response(body, status=status, dumps=lambda value: json.dumps(value, ensure_ascii=False))
