"""Proving who one is: a start with name and digits, then the code that came to the registered phone.

Wrong name, wrong digits, nobody, two people, no phone and too many starts for one person all look the
same, and run the same statements.
"""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.log import access_conversation
from bot.errors import Refusal
from bot.identity import attempts, bindings, codes, pages
from bot.identity.asker import Asker
from bot.identity.here import bind_here
from bot.identity.passes import issue_pass
from bot.identity.rules import (
    CODE_LIFE,
    PASS_LIFE,
    SAID_CODE_LIFE,
    STARTS_PER_ADDRESS,
    STARTS_PER_CHAT,
    STARTS_PER_NAME,
    STARTS_PER_PERSON,
    clean_digits,
    clean_name,
)
from bot.identity.who import proven
from bot.notices import service as notices
from bot.notices.port import can_send
from bot.notices.service import Told, tell_after
from bot.runtime import Runtime
from bot.talent.assignments import lock_talent
from bot.talent.models import Talent
from bot.talent.service import find_by_name_and_last6
from bot.text.personal import NAME, hint_of
from bot.texts import sentence

CODE_MINUTES = int(CODE_LIFE.total_seconds() // 60)


def check_on(rt: Runtime) -> None:
    """Without a provider no code can be sent, so nothing is asked for either."""
    if not can_send(rt):
        raise Refusal("identity_off", sentence("identity.switched_off"), status=503)


async def start(rt: Runtime, *, asker: Asker, name: str, id_last6: str) -> None:
    """A code to the registered phone, if the data fit one person; nothing tells whether they did."""
    check_on(rt)
    name, last6 = clean_name(name), clean_digits(id_last6)
    chat, person, by_name = f"chat:{asker.conversation_id}", f"person:{name}:{last6}", f"name:{name}"
    limits = {chat: STARTS_PER_CHAT, person: STARTS_PER_PERSON, by_name: STARTS_PER_NAME}
    address = f"address:{asker.address}" if asker.address else None
    if address:
        limits[address] = STARTS_PER_ADDRESS
    async with rt.db.write() as session:
        await access_conversation(session, conversation_id=asker.conversation_id, lock=True)
        over = await attempts.count(session, rt, limits=limits)
        if not over & {chat, address}:
            found = await _find(session, rt, name=name, last6=last6)
            talent_id = None if over else found
            row, code = await codes.make_code(
                session, rt, conversation_id=asker.conversation_id, talent_id=talent_id
            )
            await _send_code(session, rt, talent_id=talent_id, code_id=row.id, code=code)
    if over & {chat, address}:  # after the commit: raised inside, the count would be lost
        raise Refusal("identity_too_often", sentence("identity.too_often"), status=429)
    tell_after(rt, Told(sms=True))


async def start_again(rt: Runtime, *, asker: Asker) -> None:
    """A fresh code for the person this chat belongs to already, before their data are shown in clear."""
    check_on(rt)
    chat = f"chat:{asker.conversation_id}"
    async with rt.db.write() as session:
        conversation = await access_conversation(session, conversation_id=asker.conversation_id, lock=True)
        talent_id = None if asker.stranger else conversation.talent_id
        person = f"bound:{talent_id}"
        limits = {chat: STARTS_PER_CHAT, person: STARTS_PER_PERSON}
        over = await attempts.count(session, rt, limits=limits) if talent_id else set()
        if talent_id and not over:
            row, code = await codes.make_code(
                session, rt, conversation_id=conversation.id, talent_id=talent_id
            )
            await _send_code(session, rt, talent_id=talent_id, code_id=row.id, code=code)
    if talent_id is None:
        raise not_proven()
    if over:
        raise Refusal("identity_too_often", sentence("identity.too_often"), status=429)
    tell_after(rt, Told(sms=True))


async def confirm(rt: Runtime, *, asker: Asker, code: str) -> dict[str, Any]:
    """The right code binds the chat. The masked name, and a pass to one's data in clear.

    By a one-time page the chat is bound only once the code given here is said in it: whoever was sent
    somebody else's address would otherwise hand their data to that chat.
    """
    check_on(rt)
    talent: Talent | None = None
    page: dict[str, Any] = {}
    claimed = await codes.newest_for(rt, conversation_id=asker.conversation_id)
    async with rt.db.write() as session:
        if claimed:  # a talent is locked before their chats, everywhere
            await lock_talent(session, talent_id=claimed)
        conversation = await access_conversation(session, conversation_id=asker.conversation_id, lock=True)
        row = await codes.use_code(session, rt, conversation_id=conversation.id, code=clean_digits(code))
        if row is not None and row.talent_id == claimed:
            talent = await session.get(Talent, claimed)
        if row is not None and talent is not None:
            if asker.page_id:
                page["page"] = await pages.use(session, rt, page_id=asker.page_id)
            if asker.page_id and conversation.talent_id != talent.id:
                _, page["say"] = await codes.make_code(
                    session, rt, conversation_id=conversation.id, talent_id=talent.id, page_id=asker.page_id
                )
            else:
                await bind_here(
                    session, rt, conversation=conversation, talent=talent, agreed_at=row.created_at
                )
    if talent is None:
        raise Refusal("wrong_code", sentence("identity.wrong_code"), status=422)
    name = {"name": hint_of(NAME, talent.name)}
    if "say" in page:
        return name | page | {"say_expires_in": int(SAID_CODE_LIFE.total_seconds())}
    await bindings.adopt_applications(rt, conversation_id=asker.conversation_id)
    tell_after(rt, Told((asker.conversation_id,)))
    rt.hints.notify("turns")
    rt.hints.notify("desk")
    return name | page | _pass(rt, asker, talent.id)


async def open_again(rt: Runtime, *, asker: Asker, code: str) -> dict[str, Any]:
    """A pass for the bound person against a fresh code; a code made for anybody else opens nothing."""
    check_on(rt)
    async with rt.db.write() as session:
        conversation = await access_conversation(session, conversation_id=asker.conversation_id, lock=True)
        talent_id = conversation.talent_id
        row = await codes.use_code(session, rt, conversation_id=conversation.id, code=clean_digits(code))
        right = row is not None and talent_id is not None and row.talent_id == talent_id
    if talent_id is None:
        raise not_proven()
    if not right:
        raise Refusal("wrong_code", sentence("identity.wrong_code"), status=422)
    return _pass(rt, asker, talent_id)


def _pass(rt: Runtime, asker: Asker, talent_id: str) -> dict[str, Any]:
    issued = issue_pass(rt, conversation_id=asker.conversation_id, talent_id=talent_id)
    return {"pass": issued, "pass_expires_in": int(PASS_LIFE.total_seconds())}


async def owner_of_chat(rt: Runtime, *, asker: Asker) -> str | None:
    """Whom the caller may be shown the data of, if anybody."""
    return None if asker.stranger else await proven(rt, conversation_id=asker.conversation_id)


async def check_owner(rt: Runtime, *, asker: Asker) -> str:
    talent_id = await owner_of_chat(rt, asker=asker)
    if talent_id is None:
        raise not_proven()
    return talent_id


def not_proven() -> Refusal:
    return Refusal("not_proven", sentence("identity.not_proven"), status=403)


async def _find(session: AsyncSession, rt: Runtime, *, name: str, last6: str) -> str | None:
    """The one they fit. Nobody when two fit; whoever has no phone gets no code."""
    vault.open_sealed(rt, vault.seal(rt, last6))  # nobody costs a comparison too
    found = await find_by_name_and_last6(session, rt, name=name, last6=last6)
    return found[0] if len(found) == 1 else None


async def _send_code(
    session: AsyncSession, rt: Runtime, *, talent_id: str | None, code_id: str, code: str
) -> None:
    text = sentence("identity.code_sms", code=code, minutes=CODE_MINUTES)
    await notices.send_sms(
        session,
        rt,
        talent_id=talent_id,
        kind="code",
        once_key=f"code:{code_id}",
        text=text,
        until=rt.clock.now() + CODE_LIFE,
    )
