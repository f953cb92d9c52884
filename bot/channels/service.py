"""What others ask of the outside channels: whether they work, and where a message got to."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from bot.channels.wechat.api_client import ApiError, WeChatApi
from bot.conversation.models import Delivery, DeliveryStatus
from bot.runtime import Runtime


class DeliveryState(StrEnum):
    """Where a message to an outside channel got to, as the desk shows it."""

    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    PARKED = "parked"  # 待对方再次发言: WeChat takes no more until the person writes again
    FAILED = "failed"
    UNKNOWN = "unknown"  # sent, and no answer came: not repeated


_STATES = {
    DeliveryStatus.QUEUED: DeliveryState.UNDER_WAY,
    DeliveryStatus.SENDING: DeliveryState.UNDER_WAY,
    DeliveryStatus.SENT: DeliveryState.DELIVERED,
    DeliveryStatus.PARKED: DeliveryState.PARKED,
    DeliveryStatus.FAILED: DeliveryState.FAILED,
    DeliveryStatus.UNKNOWN: DeliveryState.UNKNOWN,
}


async def delivery_states(
    rt: Runtime, *, conversation_id: str, after: int = 0, message_ids: Sequence[str] | None = None
) -> dict[str, DeliveryState]:
    """Message id → state, of messages after a seq; empty for the web, which reads the log itself."""
    query = select(Delivery.message_id, Delivery.status).where(
        Delivery.conversation_id == conversation_id, Delivery.seq > after
    )
    if message_ids is not None:
        query = query.where(Delivery.message_id.in_(list(message_ids)))
    async with rt.db.read() as session:
        return {row.message_id: _STATES[row.status] for row in await session.execute(query)}


async def check(rt: Runtime) -> dict[str, Any]:
    """State of WeChat: `ok`, and while not, WeChat's error code to look up.

    Asks WeChat only while there is no valid access token.
    """
    api: WeChatApi | None = rt.parts.get("wechat")
    if api is None:
        return {"enabled": False, "ok": True}
    if code := api.circuit_code:
        return {"enabled": True, "ok": False, "error": str(code)}
    try:
        await api.check_token()
    except ApiError as error:
        return {"enabled": True, "ok": False, "error": str(error.code or error.problem)}
    return {"enabled": True, "ok": True}
