"""What a proven talent may do with their own data, and with the chats bound to them."""

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.content import Content
from bot.conversation.log import access_conversation, append, wire_time
from bot.conversation.models import Author
from bot.errors import Refusal
from bot.identity import bindings
from bot.identity.asker import Asker
from bot.identity.bindings import Ended
from bot.identity.mine import Section, sections_of
from bot.identity.models import ChannelBinding, DataRequest
from bot.identity.passes import opens
from bot.identity.rules import ANSWER_WITHIN
from bot.identity.verify import check_owner, not_proven, owner_of_chat
from bot.notices.port import can_send
from bot.notices.service import Told, notify, tell_after
from bot.runtime import Runtime
from bot.talent.models import Talent
from bot.text.personal import NAME, hint_of
from bot.texts import lines, sentence

CORRECTION, DELETION = "更正", "删除"
WAITING, DONE, ANSWERED = "待处理", "已完成", "已答复"
NO_BINDING = "no_such_binding"


async def standing(rt: Runtime, *, asker: Asker) -> dict[str, Any]:
    """Whether identity works here, the notice to agree to, and who this chat belongs to, masked."""
    notice = {
        "version": sentence("privacy.version"),
        "title": sentence("privacy.title"),
        "lines": lines("privacy.lines"),
    }
    talent_id = await owner_of_chat(rt, asker=asker)
    bound = None
    if talent_id:
        async with rt.db.read() as session:
            bound = await _mine(session, asker, talent_id)
    return {"on": can_send(rt), "off": sentence("identity.switched_off"), "notice": notice, "bound": bound}


async def _mine(session: AsyncSession, asker: Asker, talent_id: str) -> dict[str, Any] | None:
    """Hints only: this is shown without a fresh code."""
    talent = await session.get(Talent, talent_id)
    if talent is None:
        return None
    live = await bindings.bindings_of(session, talent_id=talent_id)
    live.sort(key=lambda one: one.conversation_id != asker.conversation_id)
    requests = await session.scalars(
        select(DataRequest)
        .where(DataRequest.talent_id == talent_id, DataRequest.employer_id.is_(None))
        .order_by(DataRequest.created_at.desc(), DataRequest.id)
        .limit(20)
    )
    return {
        "name": hint_of(NAME, talent.name),
        "id_hint": talent.id_hint,
        "phone_hint": talent.phone_hint,
        "bindings": [
            {
                "id": one.id,
                "channel": one.channel,
                "channel_name": sentence(f"identity.channel_{one.channel}"),
                "since": wire_time(one.since),
                "here": one.conversation_id == asker.conversation_id,
            }
            for one in live
        ],
        "requests": [
            {"kind": row.kind, "status": row.status, "answer": row.answer, "at": wire_time(row.created_at)}
            for row in requests
        ],
    }


async def in_clear(rt: Runtime, *, asker: Asker, pass_: str) -> list[Section]:
    """Everything about oneself, against a fresh code."""
    talent_id = await check_owner(rt, asker=asker)
    if not opens(rt, pass_, conversation_id=asker.conversation_id, talent_id=talent_id):
        raise Refusal("pass_over", sentence("identity.pass_over"), status=403)
    async with rt.db.read() as session:
        return await sections_of(session, rt, talent_id=talent_id)


def as_wire(sections: list[Section]) -> list[dict[str, Any]]:
    return [asdict(section) for section in sections]


async def ask(rt: Runtime, *, asker: Asker, kind: str, text: str) -> None:
    """A request about one's data, for staff to decide; one of a kind at a time."""
    talent_id = await check_owner(rt, asker=asker)
    now = rt.clock.now()
    async with rt.db.write() as session:
        # Serialises requests of one person from several chats.
        await session.get_one(Talent, talent_id, with_for_update={"key_share": True})
        conversation = await access_conversation(session, conversation_id=asker.conversation_id, lock=True)
        if conversation.talent_id != talent_id:
            raise not_proven()
        known = select(DataRequest.id).where(
            DataRequest.talent_id == talent_id,
            DataRequest.employer_id.is_(None),
            DataRequest.kind == kind,
            DataRequest.status == WAITING,
        )
        if await session.scalar(known.limit(1)):
            raise Refusal("request_open", sentence("identity.request_open"), status=409)
        session.add(
            DataRequest(
                talent_id=talent_id,
                conversation_id=conversation.id,
                kind=kind,
                sealed=vault.seal(rt, json.dumps({"text": text}, ensure_ascii=False)),
                status=WAITING,
                created_at=now,
                due_at=now + ANSWER_WITHIN,
            )
        )
        content = Content.say(sentence("identity.request_filed", kind=kind, days=ANSWER_WITHIN.days))
        append(session, rt, conversation=conversation, author=Author.SYSTEM, content=content)
    tell_after(rt, Told((asker.conversation_id,)))


async def end_binding(rt: Runtime, *, asker: Asker, binding_id: str) -> None:
    """Of one of the talent's own chats, this or another."""
    talent_id = await check_owner(rt, asker=asker)
    await end_one(rt, talent_id=talent_id, binding_id=binding_id, why=Ended.TALENT)


async def withdraw(rt: Runtime, *, asker: Asker) -> None:
    """Consent taken back: no chat is bound to the talent any more."""
    talent_id = await check_owner(rt, asker=asker)
    async with rt.db.read() as session:
        live = await bindings.bindings_of(session, talent_id=talent_id)
    for one in live:
        try:
            await end_one(rt, talent_id=talent_id, binding_id=one.id, why=Ended.TALENT)
        except Refusal as refusal:
            if refusal.code != NO_BINDING:  # another page ended it meanwhile: that is what was wished
                raise


async def end_one(rt: Runtime, *, talent_id: str, binding_id: str, why: Ended) -> None:
    """A binding that has ended already, or is somebody else's, does not exist."""
    async with rt.db.write() as session:
        row = await session.get(ChannelBinding, binding_id)
        if row is None or row.talent_id != talent_id:
            raise _no_binding()
        conversation = await access_conversation(session, conversation_id=row.conversation_id, lock=True)
        await session.refresh(row)
        if row.ended_at is not None or conversation.talent_id != talent_id:
            raise _no_binding()
        await bindings.end(session, rt, conversation=conversation, why=why)
        content = Content.say(sentence(f"identity.ended_{why}"))
        append(session, rt, conversation=conversation, author=Author.SYSTEM, content=content)
    tell_after(rt, Told((row.conversation_id,)))
    rt.hints.notify("turns")
    rt.hints.notify("desk")


def _no_binding() -> Refusal:
    return Refusal(NO_BINDING, "没有找到这个绑定，可能已经解除，请刷新后再看。", status=404)


async def tell_answer(session: AsyncSession, rt: Runtime, *, row: DataRequest) -> Told:
    """In the transaction that decides the request."""
    text = sentence("identity.request_answered", kind=row.kind, answer=row.answer or "")
    return await notify(
        session,
        rt,
        talent_id=row.talent_id,
        kind="data_request",
        once_key=f"data-request:{row.id}",
        text=text,
    )
