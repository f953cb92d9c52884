"""Who the talent is, as far as known: hints of personal values, place, tier, and what was answered."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.chat_access import Chat
from bot.conversation.handover_models import Handover
from bot.conversation.log import wire_time
from bot.conversation.models import VaultEntry
from bot.desk.record import cases_of, record_of
from bot.desk.suggestions import published_faq
from bot.runtime import Runtime


async def profile_of(session: AsyncSession, rt: Runtime, *, chat: Chat) -> dict[str, Any]:
    """`values` can be unmasked one by one; of a talk seen only in part, what was given by its end."""
    query = select(VaultEntry).where(VaultEntry.conversation_id == chat.conversation.id)
    cases = await cases_of(session, rt, chat=chat.conversation)
    if chat.until_seq is not None:
        end = chat.handover.ended_at or chat.handover.requested_at
        query = query.where(VaultEntry.created_at <= end)
        cases = [row for row in cases if row[0].created_at <= end]
    entries = list(await session.scalars(query.order_by(VaultEntry.created_at, VaultEntry.id)))
    episodes = select(func.count()).where(Handover.conversation_id == chat.conversation.id)
    slots: dict[str, Any] = chat.handover.packet.get("slots") or {}
    return {
        "values": [{"token": row.token, "kind": row.kind, "hint": row.hint} for row in entries],
        "record": await record_of(session, rt, chat=chat.conversation),
        "cases": [
            {"id": part.id, "case_no": case.case_no, "name": name, "status": part.status}
            for case, part, name in cases
        ],
        "region": chat.handover.region or chat.conversation.region or slots.get("region"),
        "tier": slots.get("tier"),
        "first_at": wire_time(chat.conversation.created_at),
        "episodes_count": await session.scalar(episodes) or 0,
    }


async def told_in(rt: Runtime, packet: dict[str, Any]) -> dict[str, Any]:
    """The packet with title and sources of the FAQs the assistant tried."""
    known: dict[str, dict[str, Any]] = {}
    for tried in packet.get("tried") or ():
        key = tried.get("faq")
        if key and key not in known:
            known[key] = await _faq(rt, key)
    nothing: dict[str, Any] = {"title": None, "sources": []}
    tried = [row | known.get(row.get("faq") or "", nothing) for row in packet.get("tried") or ()]
    return packet | {"tried": tried}


async def _faq(rt: Runtime, key: str) -> dict[str, Any]:
    found = await published_faq(rt, key=key)
    if found is None:  # withdrawn since
        return {"title": None, "sources": []}
    faq, content = found
    sources = [source.model_dump(mode="json") for source in content.sources]
    return {"title": faq.question, "sources": sources}
