"""/healthz: the process lives. /readyz: it can serve. Both name each part's state."""

import asyncio
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.channels import service as channels
from bot.knowledge import service as knowledge
from bot.runtime import Runtime

router = APIRouter(tags=["health"])

WECHAT_WAIT_S = 2.0  # somebody else's slowness must not make us look dead


@router.get("/healthz")
async def healthz(request: Request) -> dict[str, Any]:
    """Always 200 while the process answers; `parts` tells what works."""
    return {"status": "alive", "parts": await _parts(request.app.state.runtime)}


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """200 only when database and engine answer, else 503."""
    parts = await _parts(request.app.state.runtime)
    ready = parts["database"]["ok"] and parts["engine"]["ok"]
    body = {"status": "ready" if ready else "not ready", "parts": parts}
    return JSONResponse(body, status_code=200 if ready else 503)


async def _parts(rt: Runtime) -> dict[str, dict[str, Any]]:
    engine = await rt.parts["engine"].status()
    return {
        "database": await _database(rt),
        "engine": {"ok": bool(engine.get("ready")), **engine},
        "knowledge": await knowledge.status(rt),
        "wechat": await _wechat(rt),
    }


async def _database(rt: Runtime) -> dict[str, Any]:
    kind = "sqlite" if rt.db.is_sqlite else "postgresql"
    try:
        async with rt.db.read() as session:
            await session.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError) as error:
        return {"ok": False, "kind": kind, "error": type(error).__name__}
    return {"ok": True, "kind": kind}


async def _wechat(rt: Runtime) -> dict[str, Any]:
    try:
        async with asyncio.timeout(WECHAT_WAIT_S):
            return await channels.check(rt)
    except TimeoutError:
        return {"enabled": True, "ok": False, "error": "timeout"}
