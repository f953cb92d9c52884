"""A draft of the 服务小结 out of what was said; the specialist corrects it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.handover_models import Handover
from bot.conversation.log import with_hints
from bot.conversation.models import Author, Conversation, Message
from bot.knowledge.published import shipped_analyser
from bot.runtime import Runtime
from bot.texts import sentence

MOST_LINES = 3
LINE = 120  # characters


async def draft(session: AsyncSession, rt: Runtime, *, handover: Handover) -> dict[str, str]:
    """`need`: the talent's own first questions; `facts`: what they told; `done`: what was answered and
    cited; `result`: the outcome noted; `next`: what is still owed."""
    conversation = await session.get_one(Conversation, handover.conversation_id)
    hints = await vault.hints_of(session, conversation_id=conversation.id)
    messages = await _messages(session, handover=handover, conversation=conversation)
    packet = handover.packet
    parts = {
        "need": _need(packet, messages, handover),
        "facts": _facts(packet, handover),
        "done": _done(packet, messages),
        # What was noted for colleagues is not for the talent, to whom a result may be told.
        "result": (handover.note or "") if handover.due_at else "",
        "next": "",
    }
    return {part: str(with_hints(text, hints)) for part, text in parts.items()}


async def _messages(
    session: AsyncSession, *, handover: Handover, conversation: Conversation
) -> list[Message]:
    """What was said since the person was asked for."""
    end = handover.ended_seq or conversation.last_seq
    query = (
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.internal.is_(False),
            Message.author.in_((Author.TALENT, Author.STAFF)),
            Message.created_at >= handover.requested_at,
            Message.seq <= end,
        )
        .order_by(Message.seq)
    )
    return list(await session.scalars(query))


def _need(packet: dict[str, Any], messages: list[Message], handover: Handover) -> str:
    asked = [tried["question"] for tried in packet.get("tried") or () if tried.get("question")]
    asked += [_line(message) for message in messages if message.author == Author.TALENT]
    button = sentence("conversation.button_human")
    lines = [line for line in dict.fromkeys(asked) if line and line != button]
    return "\n".join([handover.category, *lines[:MOST_LINES]])


def _facts(packet: dict[str, Any], handover: Handover) -> str:
    slots = packet.get("slots") or {}
    lines = []
    code = handover.region or slots.get("region")
    lexicon = shipped_analyser().lexicon
    if code and code in lexicon.regions:
        lines.append(sentence("desk.fact_region", value=lexicon.region_name(code)))
    if tier := slots.get("tier"):
        lines.append(sentence("desk.fact_tier", value=tier))
    application = packet.get("application") or {}
    if application.get("item"):
        lines.append(sentence("desk.fact_application", value=application.get("name") or application["item"]))
    return "\n".join(lines)


def _done(packet: dict[str, Any], messages: list[Message]) -> str:
    """The answers given by the assistant, by their titles, and what people said or cited."""
    titles = [tried["title"] for tried in packet.get("tried") or () if tried.get("title")]
    lines = [sentence("desk.done_assistant", title=title) for title in dict.fromkeys(titles)][:MOST_LINES]
    spoken = [message for message in messages if message.author == Author.STAFF]
    cited = [source for message in spoken for source in message.content.get("sources") or ()]
    lines += [_line(message) for message in spoken if _line(message)][-MOST_LINES:]
    names = dict.fromkeys(source.get("number") or source["title"] for source in cited)
    if names:
        lines.append(sentence("desk.done_sources", names="、".join(names)))
    return "\n".join(lines)


def _line(message: Message) -> str:
    return " ".join(message.content.get("paragraphs", ()))[:LINE]
