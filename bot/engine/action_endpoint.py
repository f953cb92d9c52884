"""Calls the app's action route; whatever is wrong with it fails the turn."""

import json
from contextvars import ContextVar
from typing import Any

import aiohttp
from rasa.utils.endpoints import EndpointConfig

from bot.engine.failure import TurnFailure

TIMEOUT_S = 10.0

# With several app processes a turn's actions run in the one that asked: another may be down.
asking_port: ContextVar[int | None] = ContextVar("asking_port", default=None)


class ActionEndpoint(EndpointConfig):
    """Rasa would log a failing action server and carry on in silence."""

    def __init__(self, *, url: str, secret: str) -> None:
        # Selective domain: no action asks for the domain, so it is never sent.
        super().__init__(url=url, headers={"X-Huicai-Actions": secret}, enable_selective_domain=True)
        self._session: aiohttp.ClientSession | None = None

    async def request(self, *args: Any, json: Any = None, **kwargs: Any) -> Any:
        action = json["next_action"]
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S), headers=self.headers
            )
        try:
            async with self._session.post(self._address(), json=json, allow_redirects=False) as answer:
                if answer.status != 200:
                    raise TurnFailure("action_refused", status=502, detail=f"{action} {answer.status}")
                return _parsed(action, await answer.read())
        except TimeoutError:
            raise TurnFailure("action_timeout", status=502, detail=action) from None
        except aiohttp.ClientError:
            raise TurnFailure("actions_unreachable", status=502, detail=action) from None

    def _address(self) -> str:
        port = asking_port.get()
        return f"http://127.0.0.1:{port}/internal/actions" if port else self.url

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def _parsed(action: str, body: bytes) -> Any:
    try:
        result = json.loads(body)
    except ValueError:
        result = None
    if not isinstance(result, dict):
        raise TurnFailure("action_answer_invalid", status=502, detail=action)
    return result
