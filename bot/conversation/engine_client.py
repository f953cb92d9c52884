"""The engine as a function: one call a turn, nothing kept on its side."""

from typing import Any, Protocol

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.runtime import Runtime


class EngineAnswer(BaseModel):
    """What the engine's route returns; see "Engine route" in docs/architecture.md."""

    model_config = ConfigDict(extra="ignore")

    messages: list[dict[str, Any]] = Field(min_length=1)
    state: dict[str, Any]
    intent: dict[str, Any] | None = None
    entities: list[dict[str, Any]] = Field(default_factory=list)
    slots: dict[str, Any] = Field(default_factory=dict)
    model: str | None = None


class EngineUnreachable(Exception):
    """Down, starting or too slow: worth trying again as it is."""


class EngineFailed(Exception):
    """Up, yet it gave no usable answer to this turn."""


class Engine(Protocol):
    async def turn(self, request: dict[str, Any]) -> EngineAnswer: ...

    async def status(self) -> dict[str, Any]: ...


class HttpEngine:
    """The engine process on loopback."""

    def __init__(self, rt: Runtime) -> None:
        self._port = rt.settings.port
        self._client = httpx.AsyncClient(
            base_url=rt.settings.engine_url,
            headers={"X-Huicai-Engine": rt.secrets.engine},
            timeout=httpx.Timeout(rt.settings.engine_timeout_s, connect=2.0),
            trust_env=False,
        )

    async def turn(self, request: dict[str, Any]) -> EngineAnswer:
        try:
            response = await self._client.post("/turn", json=request | {"actions_port": self._port})
        except httpx.HTTPError as error:
            raise EngineUnreachable(type(error).__name__) from None
        if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise EngineUnreachable("starting")
        if response.status_code != httpx.codes.OK:
            raise EngineFailed(f"status {response.status_code}")
        try:
            return EngineAnswer.model_validate_json(response.content)
        except ValidationError:
            raise EngineFailed("unusable answer") from None

    async def status(self) -> dict[str, Any]:
        try:
            response = await self._client.get("/turn", timeout=2.0)
            answer: dict[str, Any] = response.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            return {"ready": False, "error": type(error).__name__}
        return answer

    async def close(self) -> None:
        await self._client.aclose()
