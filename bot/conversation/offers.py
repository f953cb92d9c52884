"""A person offered or called with an answer of the assistant, by the trigger rules: one offer at most,
and never twice in a row.
"""

from typing import Any, cast

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.apologies import OPEN, human_button
from bot.conversation.content import HandoverRequest, Reason, Reply
from bot.conversation.engine_client import EngineAnswer
from bot.conversation.handover_models import Handover
from bot.conversation.models import Conversation, Turn, TurnStatus
from bot.conversation.trigger_rules import Answered, TriggerKey, Verdict, verdict
from bot.conversation.triggers import triggers_of
from bot.texts import sentence

_UPSET = frozenset({"complaint", "frustration", "abuse", "distress"})
_SURE_TALK = frozenset({"privacy"})  # a static answer that is the answer
_FAILED, _ANSWERED = "failed", "answered"
_LOOKED_BACK = 50  # turns


async def after_answer(
    session: AsyncSession,
    *,
    conversation: Conversation,
    turn: Turn,
    answer: EngineAnswer,
    replies: list[Reply],
) -> tuple[dict[str, Any], HandoverRequest | None]:
    """What to keep with the turn, and the request for a person to carry out. May add an offer to the
    last reply.
    """
    wish = next((reply.handover for reply in replies if reply.handover), None)
    ended = outcome_of(replies)
    earlier, turns = await _earlier(session, conversation=conversation, turn=turn)
    before = next((result for result in earlier), {})
    intent = answer.intent or {}
    sure = float(intent.get("confidence") or 0.0)
    answered = Answered(
        text=turn.text if turn.payload is None else "",
        upset=sure if intent.get("name") in _UPSET else 0.0,
        failed=ended == _FAILED,
        failures=1 + _failures(earlier),
        certainty=sure if intent.get("name") in _SURE_TALK else _certainty(replies),
        wants_guide=wish is not None and wish.reason == "guide",
        turns=turns + 1,
        offered_before=bool(before.get("advised")),
    )
    found = verdict(answered, await triggers_of(session))
    kept = {"outcome": ended, "offered": None, "advised": False, "asked": False}
    if wish and wish.reason == "guide":
        wish = wish if found and found.connect else None
    elif wish and wish.reason == "requested":
        wish = wish.model_copy(update={"reason": before.get("offered") or "requested"})
    elif wish is None and found and found.connect:
        wish = HandoverRequest(reason=found.reason)
    if wish is None:
        kept |= _offered(replies, found, ended, crisis=intent.get("name") == "crisis")
    return kept, wish


def outcome_of(replies: list[Reply]) -> str | None:
    """None: talk that neither answers nor fails."""
    bands = [reply.log.band for reply in replies if reply.log]
    if any(reply.failed for reply in replies) or (bands and all(band == "none" for band in bands)):
        return _FAILED
    return _ANSWERED if bands else None


async def reason_of_request(session: AsyncSession, *, conversation: Conversation) -> Reason:
    """Why a person is asked for now: what the last answer was, if it suggested one."""
    waiting = select(Turn.id).where(
        Turn.conversation_id == conversation.id, Turn.status.in_(OPEN), Turn.apologised.is_(True)
    )
    if await session.scalar(waiting.limit(1)):
        return "engine_failure"
    result = await last_result(session, conversation=conversation)
    return cast(Reason, result.get("offered") or "requested")


async def last_result(session: AsyncSession, *, conversation: Conversation) -> dict[str, Any]:
    """What was kept with the newest answered turn since the last hand-over."""
    results, _ = await _earlier(session, conversation=conversation, turn=None)
    return results[0] if results else {}


def _offered(
    replies: list[Reply], found: Verdict | None, ended: str | None, *, crisis: bool
) -> dict[str, Any]:
    last = next((reply for reply in reversed(replies) if reply.content), None)
    if last is None or last.content is None:
        return {}
    has_button = any(
        button.payload.startswith("/request_human")
        for reply in replies
        if reply.content
        for button in reply.content.buttons
    )
    if found is None or found.key == TriggerKey.WORDS:
        implied: Reason | None = "crisis" if crisis else "unanswered" if ended == _FAILED else None
        return {"offered": implied if has_button else None}
    # Most answers that have the button offer a person in their own words; a second failure says more.
    says_so = has_button and (found.key != TriggerKey.UNANSWERED or last.failed)
    asked = last.failed
    if not says_so:
        last.content.paragraphs.append(sentence(f"offers.{found.key}"))
        open_choice = last.log is not None and last.log.band in ("offer", "clarify")
        asked = last.content.question is None and not open_choice
    if not has_button:
        last.content.buttons.append(human_button())
    return {"offered": found.reason, "advised": True, "asked": asked}


def _certainty(replies: list[Reply]) -> float:
    logs = [reply.log for reply in replies if reply.log and reply.log.band == "answer"]
    return max((1.0 if log.probability is None else log.probability for log in logs), default=0.0)


def _failures(earlier: list[dict[str, Any]]) -> int:
    """In a row, newest first; talk in between neither counts nor ends the row."""
    count = 0
    for result in earlier:
        if result.get("outcome") == _ANSWERED:
            break
        count += result.get("outcome") == _FAILED
    return count


async def _earlier(
    session: AsyncSession, *, conversation: Conversation, turn: Turn | None
) -> tuple[list[dict[str, Any]], int]:
    """Results of the answered turns since the last hand-over, newest first, and how many there were.

    One statement: it is asked with every answer.
    """
    asked = (
        select(func.max(Handover.requested_at))
        .where(Handover.conversation_id == conversation.id)
        .scalar_subquery()
    )
    query = select(Turn.result, func.count().over()).where(
        Turn.conversation_id == conversation.id,
        Turn.status == TurnStatus.DONE,
        or_(asked.is_(None), Turn.created_at > asked),
    )
    if turn is not None:
        query = query.where(Turn.seq < turn.seq)
    rows = (await session.execute(query.order_by(Turn.seq.desc()).limit(_LOOKED_BACK))).all()
    return [row[0] or {} for row in rows], rows[0][1] if rows else 0
