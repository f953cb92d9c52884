"""Which person a chat belongs to: bound, listed, ended. Writers hold the chat's lock."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.models import Conversation, Turn, TurnStatus
from bot.conversation.vault import fingerprint, open_sealed
from bot.desk.chat_specialist import put_specialist
from bot.identity.models import ChannelBinding, Consent
from bot.runtime import Runtime
from bot.service.models import Application, ApplicationDraft, ApplicationPart, DraftStatus
from bot.talent.assignments import on_bound
from bot.talent.models import Talent
from bot.text.personal import NAME

ANOTHER_PERSON = "更换使用者"


class Ended(StrEnum):
    """Who or what ended a binding."""

    TALENT = "talent"
    STAFF = "staff"
    OTHER_PERSON = "other_person"
    ERASED = "erased"


@dataclass(frozen=True)
class Binding:
    id: str
    conversation_id: str
    channel: str
    since: datetime


async def bind(session: AsyncSession, rt: Runtime, *, conversation: Conversation, talent: Talent) -> bool:
    """The chat is this person's from now on; False when it was already. The caller locked the talent first,
    then the chat."""
    if conversation.talent_id == talent.id:
        return False
    if conversation.talent_id is not None:
        await end(session, rt, conversation=conversation, why=Ended.OTHER_PERSON)
        await put_specialist(session, rt, conversation=conversation, after=None, by=None, why=ANOTHER_PERSON)
    conversation.talent_id = talent.id
    session.add(ChannelBinding(talent_id=talent.id, conversation_id=conversation.id, bound_at=rt.clock.now()))
    await _ask_again(session, rt, conversation)
    await session.execute(
        update(ApplicationDraft)
        .where(ApplicationDraft.conversation_id == conversation.id, ApplicationDraft.talent_id.is_(None))
        .values(talent_id=talent.id)
        .execution_options(synchronize_session=False)
    )
    await on_bound(session, rt, conversation=conversation, talent_id=talent.id)
    await session.flush()
    return True


async def end(session: AsyncSession, rt: Runtime, *, conversation: Conversation, why: Ended) -> None:
    """Nobody's again: what the dialogue knows of them is forgotten, and their words are shown no more."""
    now, former = rt.clock.now(), conversation.talent_id
    if former is None:
        return
    await session.execute(
        update(ChannelBinding)
        .where(ChannelBinding.conversation_id == conversation.id, ChannelBinding.ended_at.is_(None))
        .values(ended_at=now, ended_by=why)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(Consent)
        .where(Consent.conversation_id == conversation.id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
        .execution_options(synchronize_session=False)
    )
    # Their drafts stay theirs, to be taken up in a chat of their own.
    await session.execute(
        update(ApplicationDraft)
        .where(ApplicationDraft.conversation_id == conversation.id, ApplicationDraft.talent_id.is_(None))
        .values(talent_id=former)
        .execution_options(synchronize_session=False)
    )
    await session.execute(
        update(ApplicationDraft)
        .where(ApplicationDraft.conversation_id == conversation.id)
        .where(ApplicationDraft.talent_id == former, ApplicationDraft.status == DraftStatus.OPEN)
        .values(status=DraftStatus.PARKED)
        .execution_options(synchronize_session=False)
    )
    conversation.talent_id = conversation.engine_state = conversation.awaiting = None
    conversation.hidden_seq = conversation.last_seq
    await _ask_again(session, rt, conversation)
    await session.flush()


async def bindings_of(session: AsyncSession, *, talent_id: str) -> list[Binding]:
    """The live ones, the oldest first."""
    query = (
        select(ChannelBinding, Conversation.channel)
        .join(Conversation, Conversation.id == ChannelBinding.conversation_id)
        .where(ChannelBinding.talent_id == talent_id, ChannelBinding.ended_at.is_(None))
        .order_by(ChannelBinding.bound_at, ChannelBinding.id)
    )
    rows = await session.execute(query)
    return [Binding(row.id, row.conversation_id, channel, row.bound_at) for row, channel in rows]


async def adopt_applications(rt: Runtime, *, conversation_id: str) -> int:
    """What was handed in here before the proof becomes the person's where it names them; returns how many.

    In a transaction of its own: case work locks an application before the chat it tells.
    """
    async with rt.db.write() as session:
        talent = await session.scalar(
            select(Talent)
            .join(Conversation, Conversation.talent_id == Talent.id)
            .where(Conversation.id == conversation_id)
        )
        if talent is None:
            return 0
        named = fingerprint(rt, f"{NAME}:{talent.name}")
        query = select(Application).where(
            Application.conversation_id == conversation_id,
            Application.talent_id.is_(None),
            Application.name_fingerprint == named,
        )
        theirs = [
            one
            for one in await session.scalars(query.order_by(Application.id).with_for_update())
            if one.phone_fingerprint == talent.phone_fingerprint or await _gives_id(session, rt, one, talent)
        ]
        for application in theirs:
            application.talent_id = talent.id
        return len(theirs)


async def _gives_id(session: AsyncSession, rt: Runtime, application: Application, talent: Talent) -> bool:
    """People share names: the ID number given in the form decides, where there is one."""
    number = open_sealed(rt, talent.id_sealed)
    query = select(ApplicationPart.sealed).where(ApplicationPart.application_id == application.id)
    return any(
        number in json.loads(open_sealed(rt, sealed)).values() for sealed in await session.scalars(query)
    )


async def _ask_again(session: AsyncSession, rt: Runtime, conversation: Conversation) -> None:
    """An answer under way was made for somebody else: its turn runs anew, and that answer is dropped."""
    await session.execute(
        update(Turn)
        .where(Turn.conversation_id == conversation.id, Turn.status == TurnStatus.RUNNING)
        .values(status=TurnStatus.WAITING, due_at=rt.clock.now())
        .execution_options(synchronize_session=False)
    )
