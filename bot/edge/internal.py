"""/internal/actions: rasa-sdk's executor, for the engine alone."""

import hmac
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions.server import build_executor
from bot.edge.errors import refuse
from bot.runtime import current_runtime

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def router() -> APIRouter:
    routes = APIRouter(prefix="/internal", include_in_schema=False)
    executor = build_executor()

    @routes.post("/actions")
    async def run_action(request: Request) -> JSONResponse:
        rt = request.app.state.runtime
        secret = request.headers.get("x-huicai-actions", "")
        # A request that came through a proxy is not the engine's, whatever it knows.
        forwarded = any(name in request.headers for name in _FORWARDED)
        if forwarded or not hmac.compare_digest(secret.encode(), rt.secrets.actions.encode()):
            return refuse(401, "not_the_engine", "此接口只供内部使用。")
        call: dict[str, Any] = await request.json()
        held = current_runtime.set(rt)
        try:
            result = await executor.run(call)
        except ActionExecutionRejection as error:
            # The engine's own protocol: status 400 makes Rasa predict another action.
            return JSONResponse({"error": str(error), "action_name": error.action_name}, 400)
        except ActionNotFoundException as error:
            return JSONResponse({"error": str(error), "action_name": error.action_name}, 404)
        finally:
            current_runtime.reset(held)
        if result is None:
            return JSONResponse({"events": [], "responses": []})
        return JSONResponse(result if isinstance(result, dict) else result.model_dump())

    return routes
