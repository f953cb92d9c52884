"""Turns in the database: claiming under a lease, storing an answer once, failing honestly.

A turn belongs to whoever raised its `attempt` last; everything that is written for it is a
compare-and-set on that number and on the conversation's epoch.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.conversation.apologies import OPEN, human_button
from bot.conversation.content import Button, Content, HandoverRequest, Reply
from bot.conversation.engine_client import EngineAnswer, EngineFailed
from bot.conversation.log import access_conversation, append
from bot.conversation.models import (
    Author,
    Control,
    Conversation,
    Turn,
    TurnStatus,
)
from bot.conversation.offers import after_answer
from bot.conversation.outcome import outcome_for
from bot.conversation.rules import (
    MAX_FAILURES,
    MAX_REPLIES,
    RETRY_DELAYS_S,
)
from bot.conversation.trigger_rules import TriggerKey
from bot.conversation.triggers import triggers_of
from bot.conversation.wishes import ask_for_person
from bot.runtime import Runtime
from bot.service import drafts
from bot.service.wishing import wishes_to_apply
from bot.texts import sentence


@dataclass(frozen=True)
class Claim:
    turn_id: str
    conversation_id: str
    attempt: int
    request: dict[str, Any] | None  # None: discarded, a person holds the chat


async def any_due(rt: Runtime) -> bool:
    """Asked before claiming without a hint: an idle runner must not take the write lock."""
    due = select(Turn.id).where(Turn.status.in_(OPEN), Turn.due_at <= rt.clock.now()).limit(1)
    async with rt.db.read() as session:
        return await session.scalar(due) is not None


async def claim_turn(rt: Runtime) -> Claim | None:
    """Take the next due turn that has no unanswered turn before it in its conversation."""
    now = rt.clock.now()
    earlier = aliased(Turn)
    due = (
        select(Turn.id)
        .where(Turn.status.in_(OPEN), Turn.due_at <= now)
        .where(
            ~select(earlier.id)
            .where(
                earlier.conversation_id == Turn.conversation_id,
                earlier.seq < Turn.seq,
                earlier.status.in_(OPEN),
            )
            .exists()
        )
        .order_by(Turn.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    take = (
        update(Turn)
        # The outer conditions are read again after a lock was waited for; the inner ones are not.
        .where(Turn.id == due.scalar_subquery(), Turn.status.in_(OPEN), Turn.due_at <= now)
        .values(
            status=TurnStatus.RUNNING,
            attempt=Turn.attempt + 1,
            due_at=now + timedelta(seconds=rt.settings.turn_lease_s),
        )
        .returning(Turn)
        .execution_options(synchronize_session=False)
    )
    async with rt.db.write() as session:
        turn = await session.scalar(take)
        if turn is None:
            return None
        conversation = await access_conversation(session, conversation_id=turn.conversation_id)
        if conversation.control != Control.BOT or conversation.epoch != turn.epoch:
            turn.status, turn.ended_at = TurnStatus.DISCARDED, now
            return Claim(turn.id, conversation.id, turn.attempt, None)
        request = await _request(session, rt, conversation, turn)
        return Claim(turn.id, conversation.id, turn.attempt, request)


async def _request(
    session: AsyncSession, rt: Runtime, conversation: Conversation, turn: Turn
) -> dict[str, Any]:
    return {
        "turn_id": turn.id,
        "conversation_id": conversation.id,
        "text": turn.text,
        "payload": turn.payload,
        "state": conversation.engine_state,
        "context": {
            "channel": conversation.channel,
            "region": conversation.region,
            "outcome": await outcome_for(session, turn=turn),
            "wishes": turn.payload is None and wishes_to_apply(rt, turn.text, region=conversation.region),
        },
    }


def replies_of(answer: EngineAnswer) -> list[Reply]:
    """The engine's messages as Replies; raises EngineFailed for an empty or over-long answer."""
    replies: list[Reply] = []
    for message in answer.messages:
        if message.get("custom"):
            try:
                replies.append(Reply.model_validate(message["custom"]))
            except ValidationError:
                raise EngineFailed("unusable reply") from None
        elif message.get("text"):
            buttons = [Button(title=b["title"], payload=b["payload"]) for b in message.get("buttons") or ()]
            replies.append(Reply(content=Content.say(*message["text"].split("\n"), buttons=buttons)))
    said = [reply for reply in replies if reply.content]
    if len(said) > MAX_REPLIES or not (said or any(reply.handover for reply in replies)):
        raise EngineFailed(f"{len(said)} messages")
    return replies


async def store_answer(rt: Runtime, *, claim: Claim, answer: EngineAnswer) -> bool:
    """Replies, new state, control and deliveries in one transaction; False if it came too late."""
    replies = replies_of(answer)
    async with rt.db.write() as session:
        conversation = await access_conversation(session, conversation_id=claim.conversation_id, lock=True)
        turn = await _own(session, claim)
        if turn is None:
            return False  # another runner took the turn over and answers it
        now = rt.clock.now()
        if conversation.control != Control.BOT or conversation.epoch != turn.epoch:
            turn.status, turn.ended_at = TurnStatus.DISCARDED, now
            _keep_late_answer(session, rt, conversation, replies)
            return False
        kept, wish = await after_answer(
            session, conversation=conversation, turn=turn, answer=answer, replies=replies
        )
        turn.status, turn.ended_at = TurnStatus.DONE, now  # not before the reads above: one UPDATE
        turn.result = {"intent": answer.intent, "entities": answer.entities, "model": answer.model, **kept}
        state = await drafts.remember(session, rt, conversation=conversation, state=answer.state)
        conversation.engine_state = state
        conversation.awaiting = answer.slots.get("awaiting") if state is answer.state else None
        for position, reply in enumerate(replies):
            if reply.content:
                append(
                    session,
                    rt,
                    conversation=conversation,
                    author=Author.ASSISTANT,
                    content=reply.content,
                    log=reply.log,
                    turn=turn,
                    position=position,
                )
        if wish:
            await session.flush()  # the packet reads the replies just stored
            await ask_for_person(session, rt, conversation=conversation, request=wish)
    if wish:
        rt.hints.notify("desk")
    return True


def _keep_late_answer(
    session: AsyncSession, rt: Runtime, conversation: Conversation, replies: list[Reply]
) -> None:
    for reply in replies:
        if reply.content:
            text = f"{sentence('conversation.late_answer')}：{reply.content.plain_text()}"
            append(
                session,
                rt,
                conversation=conversation,
                author=Author.ASSISTANT,
                content=Content.say(text),
                internal=True,
            )


async def _own(session: AsyncSession, claim: Claim) -> Turn | None:
    return await session.scalar(
        select(Turn)
        .where(
            Turn.id == claim.turn_id,
            Turn.attempt == claim.attempt,
            Turn.status == TurnStatus.RUNNING,
        )
        .with_for_update()
    )


async def put_back(rt: Runtime, *, claim: Claim, failed: bool, jitter: float) -> None:
    """The engine gave no answer: try again later, or after too many failures say so and go on.

    `failed` tells an engine that is up but cannot answer this turn from one that is down; the
    latter is waited for without end. `jitter` in [0, 1).
    """
    asks = False
    async with rt.db.write() as session:
        conversation = await access_conversation(session, conversation_id=claim.conversation_id, lock=True)
        turn = await _own(session, claim)
        if turn is None:
            return
        turn.failures += failed
        now = rt.clock.now()
        if conversation.control != Control.BOT or conversation.epoch != turn.epoch:
            turn.status, turn.ended_at = TurnStatus.DISCARDED, now  # a person answers now
            return
        if turn.failures >= MAX_FAILURES:
            turn.status, turn.ended_at = TurnStatus.DONE, now
            turn.result = {"offered": "engine_failure", "advised": True}
            append(
                session,
                rt,
                conversation=conversation,
                author=Author.SYSTEM,
                content=Content.say(sentence("conversation.failed"), buttons=[human_button()]),
                turn=turn,
                position=0,
            )
            rule = (await triggers_of(session))[TriggerKey.ENGINE_FAILURE]
            asks = rule.enabled and rule.connect
            if asks:
                request = HandoverRequest(reason="engine_failure")
                await ask_for_person(session, rt, conversation=conversation, request=request)
        else:
            delay = RETRY_DELAYS_S[min(turn.attempt - 1, len(RETRY_DELAYS_S) - 1)]
            turn.status, turn.due_at = TurnStatus.WAITING, now + timedelta(seconds=delay * (1 + jitter / 4))
    if asks:
        rt.hints.notify("desk")
