"""What is told to people outside a turn: words in their chats, short messages to their phones."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.content import Button, Content
from bot.conversation.log import append
from bot.conversation.models import Author, Conversation, Message
from bot.notices.models import NoticeStatus, TalentNotice
from bot.notices.port import can_send, reaches_people
from bot.runtime import Runtime
from bot.store.base import new_id
from bot.talent.models import Talent

NOBODY = "00000000000"


@dataclass(frozen=True)
class Told:
    """What `tell_after` has to wake once the transaction is committed."""

    conversation_ids: tuple[str, ...] = ()
    sms: bool = False


async def notify(
    session: AsyncSession,
    rt: Runtime,
    *,
    talent_id: str | None = None,
    conversation_id: str | None = None,
    kind: str,
    once_key: str,
    text: str,
    buttons: list[Button] | None = None,
    sms: bool = False,
) -> Told:
    """In the caller's transaction: a system message, once, in every chat bound to the talent; without a
    talent in the one chat given. `sms` adds a short message to the registered phone.
    """
    if talent_id is not None:
        which = Conversation.talent_id == talent_id
    else:
        which = Conversation.id == conversation_id
    # Always in the same order, so that two notices never wait for each other.
    rows = await session.scalars(
        select(Conversation).where(which).order_by(Conversation.id).with_for_update()
    )
    told = [row.id for row in rows if await _say(session, rt, row, once_key, text, buttons)]
    queued = False
    if sms and talent_id is not None:
        queued = await send_sms(session, rt, talent_id=talent_id, kind=kind, once_key=once_key, text=text)
    return Told(tuple(told), queued)


async def send_sms(
    session: AsyncSession,
    rt: Runtime,
    *,
    talent_id: str | None,
    kind: str,
    once_key: str,
    text: str,
    until: datetime | None = None,
) -> bool:
    """Queue one short message; False without a provider, or when it is known already.

    `until`: afterwards it says nothing any more and is not sent. For nobody, without a phone, or to the
    made-up one of a sample talent, a row that is over at once: a code asked for with wrong data must cost
    what a right one costs.
    """
    if not can_send(rt):
        return False
    query = select(Talent.phone_sealed).where(Talent.id == talent_id)
    if reaches_people(rt):
        query = query.where(Talent.sample.is_(False))
    phone = await session.scalar(query)
    letter = {
        "phone": vault.open_sealed(rt, phone) if phone else NOBODY,
        "text": text,
        "until": until.isoformat() if until else None,
    }
    sealed = vault.seal(rt, json.dumps(letter, ensure_ascii=False))
    now = rt.clock.now()
    insert = sqlite_insert if rt.db.is_sqlite else postgresql_insert
    added = await session.scalar(
        insert(TalentNotice)
        .values(
            id=new_id(),
            talent_id=talent_id,
            kind=kind,
            once_key=once_key,
            sealed=sealed if phone else b"",
            status=NoticeStatus.QUEUED if phone else NoticeStatus.FAILED,
            attempt=0,
            due_at=now,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(TalentNotice.id)
    )
    return added is not None and phone is not None


def tell_after(rt: Runtime, *told: Told) -> None:
    """Wake whoever waits for it; after the commit."""
    for conversation_id in {one for each in told for one in each.conversation_ids}:
        rt.hints.notify(f"conversation:{conversation_id}")
    if any(each.conversation_ids for each in told):
        rt.hints.notify("deliveries")
    if any(each.sms for each in told):
        rt.hints.notify("notices")


async def _say(
    session: AsyncSession,
    rt: Runtime,
    conversation: Conversation,
    once_key: str,
    text: str,
    buttons: list[Button] | None,
) -> bool:
    key = f"notice:{once_key}"
    known = select(Message.id).where(Message.conversation_id == conversation.id, Message.external_key == key)
    if await session.scalar(known):
        return False
    content = Content.say(*text.split("\n"), buttons=buttons)
    append(session, rt, conversation=conversation, author=Author.SYSTEM, content=content, external_key=key)
    await session.flush()
    return True
