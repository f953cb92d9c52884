"""What came of the last talk with a person, told to the engine with every turn."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.handover_models import Handover, HandoverStatus
from bot.conversation.models import Author, Message, Turn, TurnStatus
from bot.runtime import SHANGHAI

_MAX_CHARS = 1_000  # of what is quoted
_NOTHING = {"无", "没有", "暂无", "无后续", "无后续事项"}  # written where nothing is owed


async def outcome_for(session: AsyncSession, *, turn: Turn) -> dict[str, Any] | None:
    """Of the newest episode, or told ticket, that came to an end:
    `{"result", "next", "said", "by", "on", "fresh", "subject"}`.

    `result` and `next` are what the specialist wrote for the talent, or None; a note to colleagues never
    is, also not why somebody was blocked. `said` is the last thing they said in the chat; `fresh` until
    the assistant has answered once since; `subject` the FAQ they cited last, while fresh.
    """
    episode = await session.scalar(
        select(Handover)
        .where(
            Handover.conversation_id == turn.conversation_id,
            Handover.status.in_((HandoverStatus.RETURNED, HandoverStatus.CLOSED)),
        )
        # A call-back settled by a talk ends with it: the talk is what is remembered.
        .order_by(Handover.ended_at.desc(), Handover.requested_at.desc(), Handover.id.desc())
        .limit(1)
    )
    if episode is None or episode.ended_at is None:
        return None
    spoken = await _staff_words(session, episode, before=turn.seq)
    if not spoken and not episode.note and not episode.summary:
        return None  # nobody came: nothing to tell
    summary = episode.summary or {}
    result = summary.get("result")
    if episode.due_at or episode.accepted_at is None:  # a call-back: its result may have been kept inside
        result = (result or episode.note) if await _was_told(session, episode) else None
    since = episode.ended_seq or 0
    fresh = await _answered_up_to(session, turn) <= since
    cited = next((row.log["faq"] for row in spoken if row.log and row.log.get("faq")), None)
    local = episode.ended_at.astimezone(SHANGHAI)
    return {
        "result": _short(result),
        "next": _owed(summary.get("next")),
        "said": _short(" ".join(spoken[0].content.get("paragraphs", ())) if spoken else None),
        "by": spoken[0].author_name if spoken else None,
        "on": f"{local.month}月{local.day}日",
        "fresh": fresh,
        "subject": cited if fresh else None,
    }


async def _staff_words(session: AsyncSession, episode: Handover, *, before: int) -> list[Message]:
    """What specialists said to the talent in the episode, newest first."""
    rows = await session.scalars(
        select(Message)
        .where(
            Message.conversation_id == episode.conversation_id,
            Message.author == Author.STAFF,
            Message.internal.is_(False),
            Message.created_at >= episode.requested_at,
            Message.seq <= (episode.ended_seq or before),
        )
        .order_by(Message.seq.desc())
        .limit(20)
    )
    return list(rows)


async def _was_told(session: AsyncSession, episode: Handover) -> bool:
    """Whether the message that ended a call-back was one for the talent."""
    shown = select(Message.id).where(
        Message.conversation_id == episode.conversation_id,
        Message.seq == (episode.ended_seq or 0),
        Message.internal.is_(False),
    )
    return await session.scalar(shown) is not None


async def _answered_up_to(session: AsyncSession, turn: Turn) -> int:
    answered = select(func.max(Turn.seq)).where(
        Turn.conversation_id == turn.conversation_id, Turn.status == TurnStatus.DONE
    )
    return await session.scalar(answered) or 0


def _owed(text: str | None) -> str | None:
    owed = _short(text)
    return None if owed and owed.rstrip("。.") in _NOTHING else owed


def _short(text: str | None) -> str | None:
    text = (text or "").strip()
    return text[:_MAX_CHARS] or None
