"""Cited answers at hand: FAQ search for specialists, and replies suggested to the talent's last words."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.conversation.chat_access import Chat, access_chat
from bot.conversation.content import Content
from bot.conversation.control import place_of
from bot.conversation.models import Author, Message
from bot.conversation.staff import Cited
from bot.desk.access import scope_of
from bot.errors import Refusal
from bot.knowledge import service as knowledge
from bot.knowledge.published import library_of
from bot.knowledge.rules import Band
from bot.knowledge.schemas import Faq
from bot.runtime import Runtime
from bot.texts import sentence

MOST = 3
_HEARD = 3  # messages not answered by a person yet; the newest that finds something counts

Answer = dict[str, Any]


async def look_up(rt: Runtime, *, question: str, region: str | None) -> list[Answer]:
    """What the FAQs say to a specialist's own words, the likeliest first."""
    found = await knowledge.search(rt, question=question, region=region, channel="desk")
    keys = [faq.key for faq in found.faqs] + [candidate.key for candidate in found.candidates]
    return await _answers(rt, keys=keys)


async def suggest(rt: Runtime, *, conversation_id: str, staff: Staff) -> dict[str, Any]:
    """Replies to what the talent said last, with the seq they were made for: the page drops them once
    the chat has moved on. Nothing is composed: every reply is a published answer."""
    async with rt.db.read() as session:
        chat = await access_chat(session, conversation_id=conversation_id, scope=scope_of(staff))
        region = chat.handover.region or place_of(chat.conversation)
        unanswered = await _unanswered(session, chat=chat)
    made_for = unanswered[0].seq if unanswered else 0
    for message in unanswered:
        question = " ".join(message.content.get("paragraphs", ()))
        if not question or question == sentence("conversation.button_human"):
            continue
        found = await knowledge.search(rt, question=question, region=region, channel="desk")
        if found.band != Band.NONE:
            keys = [faq.key for faq in found.faqs] or [one.key for one in found.candidates]
            return {"seq": made_for, "replies": await _answers(rt, keys=keys)}
    return {"seq": made_for, "replies": []}


async def cited_from(rt: Runtime, *, faq: str) -> Cited:
    """Sources, scope and caution of a published answer, for words taken from it."""
    found = await published_faq(rt, key=faq)
    if found is None:
        raise Refusal("no_such_faq", "这条标准答案已经下线，请重新查找。", status=409)
    _, content = found
    return Cited(tuple(content.sources), content.scope, content.caution, content.status, faq)


async def _unanswered(session: AsyncSession, *, chat: Chat) -> list[Message]:
    """The talent's last messages since a person last spoke, newest first."""
    end = chat.until_seq if chat.until_seq is not None else chat.conversation.last_seq
    in_chat = (Message.conversation_id == chat.conversation.id, Message.seq <= end)
    spoken = await session.scalar(
        select(func.max(Message.seq)).where(*in_chat, Message.author == Author.STAFF)
    )
    query = select(Message).where(*in_chat, Message.author == Author.TALENT, Message.seq > (spoken or 0))
    return list(await session.scalars(query.order_by(Message.seq.desc()).limit(_HEARD)))


async def _answers(rt: Runtime, *, keys: Iterable[str]) -> list[Answer]:
    answers: list[Answer] = []
    for key in list(dict.fromkeys(keys))[:MOST]:
        entry = await published_faq(rt, key=key)
        if entry is None:
            continue
        faq, content = entry
        answers.append(
            {
                "faq": key,
                "question": faq.question,
                "text": _text(content),
                "sources": [source.model_dump(mode="json") for source in content.sources],
                "scope": content.scope,
                "caution": content.caution,
                "confidence": faq.confidence,
            }
        )
    return answers


async def published_faq(rt: Runtime, *, key: str) -> tuple[Faq, Content] | None:
    """A FAQ talents are answered with now, and its answer."""
    index = (await library_of(rt)).snapshot.index
    position = index.position_of.get(key)
    if position is None:
        return None
    reply = await knowledge.answer_faq(rt, key=key, region=None, channel="desk")
    return (index.entries[position].faq, reply.content) if reply.content else None


def _text(content: Content) -> str:
    """The words themselves; scope, caution and sources go along as what they are."""
    bare = content.model_copy(update={"scope": None, "caution": None, "status": None, "question": None})
    return bare.plain_text()
