"""A proof takes effect in a chat: at once by the chat's own page, else when its code is said in the chat."""

import re
import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.content import Button, Content
from bot.conversation.log import append
from bot.conversation.models import Author, Control, Conversation
from bot.identity import bindings, codes
from bot.identity.models import Consent
from bot.runtime import Runtime
from bot.service.drafts import GOING_ON
from bot.service.models import ApplicationDraft
from bot.talent.assignments import lock_free_talent
from bot.talent.models import Talent
from bot.text.personal import NAME, hint_of
from bot.texts import sentence

_CODE = re.compile(r"\d{3} ?\d{3}")
_ASKED = (
    ("next_draft", "/resume_application"),
    ("next_cases", "/check_progress"),
    ("next_card", "/my_card"),
    ("next_benefits", "/my_benefits"),
)


async def bind_here(
    session: AsyncSession,
    rt: Runtime,
    *,
    conversation: Conversation,
    talent: Talent,
    agreed_at: datetime,
) -> None:
    """The caller locked the talent, then the chat. The consent is noted also where nothing else is new."""
    other = conversation.talent_id not in (None, talent.id)
    if await bindings.bind(session, rt, conversation=conversation, talent=talent):
        words = "identity.bound_other" if other else "identity.bound"
        buttons = await _next(session, conversation=conversation)
        content = Content.say(sentence(words, name=hint_of(NAME, talent.name)), buttons=buttons)
        append(session, rt, conversation=conversation, author=Author.SYSTEM, content=content)
        await session.flush()
    await _consent(session, conversation=conversation, given_at=agreed_at)


async def _next(session: AsyncSession, *, conversation: Conversation) -> list[Button]:
    """What people prove themselves for, so that they need not ask again; a person at the desk answers
    in their own words."""
    if conversation.control != Control.BOT:
        return []
    left = select(ApplicationDraft.id).where(
        ApplicationDraft.talent_id == conversation.talent_id, ApplicationDraft.status.in_(GOING_ON)
    )
    asked = dict(_ASKED) if await session.scalar(left.limit(1)) else dict(_ASKED[1:])
    return [Button(title=sentence(f"identity.{name}"), payload=payload) for name, payload in asked.items()]


async def awaited_code(
    session: AsyncSession, rt: Runtime, *, conversation: Conversation, text: str
) -> str | None:
    """The digits, if the whole message may be the code a proof waits for in this chat."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not _CODE.fullmatch(plain):
        return None
    waits = await codes.awaited_in(session, rt, conversation_id=conversation.id)
    return plain.replace(" ", "") if waits else None


async def hear_code(session: AsyncSession, rt: Runtime, *, conversation: Conversation, code: str) -> bool:
    """Whether the locked chat is bound by what was said in it. A wrong code is told and counted."""
    talent_id = await codes.awaited_in(session, rt, conversation_id=conversation.id)
    talent, row = None, None
    # Elsewhere a talent is locked before their chats, so whoever has this one locked is not waited for.
    if talent_id and await lock_free_talent(session, talent_id=talent_id):
        talent = await session.get(Talent, talent_id)
        row = await codes.use_code(session, rt, conversation_id=conversation.id, code=code, said=True)
    if talent is None or row is None:
        content = Content.say(sentence("identity.wrong_said"))
        append(session, rt, conversation=conversation, author=Author.SYSTEM, content=content)
        return False
    await bind_here(session, rt, conversation=conversation, talent=talent, agreed_at=row.created_at)
    return True


async def _consent(session: AsyncSession, *, conversation: Conversation, given_at: datetime) -> None:
    """One row for a binding, with the version of the notice that was agreed to."""
    live = select(Consent.id).where(
        Consent.conversation_id == conversation.id,
        Consent.talent_id == conversation.talent_id,
        Consent.withdrawn_at.is_(None),
    )
    version = sentence("privacy.version")
    if await session.scalar(live.where(Consent.notice_version == version).limit(1)) is None:
        session.add(
            Consent(
                conversation_id=conversation.id,
                talent_id=conversation.talent_id,
                notice_version=version,
                given_at=given_at,
            )
        )
