"""The body of POST /turn, checked."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from bot.engine.failure import TurnFailure

MAX_TEXT_CHARS = 4_000
_MAX_ID_CHARS = 100
_MAX_VALUE_CHARS = 200
_PAYLOAD = re.compile(r"/([a-z][a-z0-9_]{0,49})\s*(\{.*\})?\s*", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Payload:
    """A pressed button: an intent and the values it carries."""

    text: str
    intent: str
    values: dict[str, str | int | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Turn:
    turn_id: str
    conversation_id: str
    text: str
    payload: Payload | None
    state: dict[str, Any] | None
    context: dict[str, Any]
    actions_port: int | None = None  # of the app process that asks; None: the one of the settings


def parse_turn(body: bytes) -> Turn:
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        raise _bad("invalid_json") from None
    if not isinstance(raw, dict):
        raise _bad("invalid_json")
    text = raw.get("text")
    payload = raw.get("payload")
    state = raw.get("state")
    context = raw.get("context") or {}
    if payload is None and (not isinstance(text, str) or not text.strip()):
        raise _bad("empty_text", detail="text")
    if text is not None and (not isinstance(text, str) or len(text) > MAX_TEXT_CHARS):
        raise _bad("invalid_text", detail="text")
    if payload is not None and not isinstance(payload, str):
        raise _bad("invalid_payload", detail="payload")
    if state is not None and not isinstance(state, dict):
        raise _bad("invalid_state", detail="state")
    if not isinstance(context, dict):
        raise _bad("invalid_context", detail="context")
    return Turn(
        turn_id=_identifier(raw, "turn_id"),
        conversation_id=_identifier(raw, "conversation_id"),
        text=text or "",
        payload=parse_payload(payload) if payload is not None else None,
        state=state,
        context=context,
        actions_port=_port(raw.get("actions_port")),
    )


def parse_payload(payload: str) -> Payload:
    """`/intent{"entity": "value"}`, flat; anything else is refused."""
    match = _PAYLOAD.fullmatch(payload)
    if match is None:
        raise _bad("invalid_payload", detail="payload")
    try:
        values = json.loads(match[2]) if match[2] else {}
    except (ValueError, RecursionError):
        raise _bad("invalid_payload", detail="payload") from None
    for value in values.values():
        if not isinstance(value, str | int | float) or len(str(value)) > _MAX_VALUE_CHARS:
            raise _bad("invalid_payload", detail="payload")
    return Payload(text=payload, intent=match[1], values=values)


def _identifier(raw: dict[str, Any], name: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_ID_CHARS:
        raise _bad("invalid_id", detail=name)
    return value


def _port(value: object) -> int | None:
    if value is None or (isinstance(value, int) and 0 < value < 65_536):
        return value
    raise _bad("invalid_port", detail="actions_port")


def _bad(code: str, *, detail: str | None = None) -> TurnFailure:
    return TurnFailure(code, status=400, detail=detail)
