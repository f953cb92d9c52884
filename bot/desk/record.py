"""The record of the talent a chat belongs to, and their cases, as they stand beside the talk."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.models import Conversation
from bot.runtime import Runtime
from bot.service.case_moves import item_of
from bot.service.case_scope import Person, belongs
from bot.service.models import Application, ApplicationPart
from bot.talent.cards import today_of
from bot.talent.listing import card_view, tier_view
from bot.talent.places import full_name
from bot.talent.reading import read_talent
from bot.text import personal

MOST = 30


async def record_of(session: AsyncSession, rt: Runtime, *, chat: Conversation) -> dict[str, Any] | None:
    """Masked: whoever may see more opens it in the office."""
    record = await read_talent(session, talent_id=chat.talent_id) if chat.talent_id else None
    if record is None:
        return None
    today = today_of(rt)
    card = card_view(record.card, today)
    return {
        "id": record.talent.id,
        "name": personal.hint_of(personal.NAME, record.talent.name),
        "employer_name": record.employer.name if record.employer else None,
        "region_name": full_name(record.talent.region),
        "tiers": [f"{one['tier']}（{one['scheme_name']}）" for one in map(tier_view, record.tiers_on(today))],
        "card": {key: card[key] for key in ("kind", "state", "valid_to")} if card else None,
    }


async def cases_of(
    session: AsyncSession, rt: Runtime, *, chat: Conversation
) -> list[tuple[Application, ApplicationPart, str]]:
    """Of the talent proven in the chat, and what this chat handed in; newest first, each with its item's
    name. What somebody else handed in here before does not stand beside this person's talk."""
    whose = [Application.conversation_id == chat.id]
    if chat.talent_id:
        whose.append(Application.talent_id == chat.talent_id)
    rows = await session.execute(
        select(ApplicationPart, Application)
        .join(Application, Application.id == ApplicationPart.application_id)
        .where(or_(*whose))
        .order_by(Application.created_at.desc(), Application.id.desc(), ApplicationPart.position)
        .limit(MOST)
    )
    person = Person(chat.id, chat.talent_id)
    found = []
    for part, application in rows.all():
        if await belongs(session, rt, application=application, person=person):
            item = item_of(rt, part) if "service" in rt.parts else None
            found.append((application, part, item.name if item else part.item))
    return found
