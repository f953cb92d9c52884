"""Engines for tests of the turn runner: the real one is tried in tests/faults and tests/browser."""

import asyncio
from collections.abc import Callable
from typing import Any

from bot.conversation.content import Content, HandoverRequest, Reply
from bot.conversation.engine_client import EngineAnswer, EngineFailed, EngineUnreachable


def answer_to(request: dict[str, Any], *texts: str, handover: HandoverRequest | None = None) -> EngineAnswer:
    replies = [Reply(content=Content.say(text)) for text in texts]
    if handover:
        replies.append(Reply(handover=handover))
    turns = ((request["state"] or {}).get("turns") or 0) + 1
    return EngineAnswer(
        messages=[{"custom": reply.model_dump(mode="json")} for reply in replies],
        state={"turns": turns, "slots": {}},
    )


class ScriptedEngine:
    """Answers 「答：<text>」, unless `script` says otherwise; `gate` holds answers back."""

    def __init__(self, script: Callable[[dict[str, Any]], EngineAnswer] | None = None) -> None:
        self.requests: list[dict[str, Any]] = []
        self.script = script or (lambda request: answer_to(request, f"答：{request['text']}"))
        self.gate: asyncio.Event | None = None
        self.arrived = asyncio.Event()

    async def turn(self, request: dict[str, Any]) -> EngineAnswer:
        self.requests.append(request)
        self.arrived.set()
        if self.gate:
            await self.gate.wait()
        return self.script(request)

    async def status(self) -> dict[str, Any]:
        return {"ready": True}


def unreachable(_request: dict[str, Any]) -> EngineAnswer:
    raise EngineUnreachable("down")


def failing(_request: dict[str, Any]) -> EngineAnswer:
    raise EngineFailed("broken")
