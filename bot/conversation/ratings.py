"""好差评: one rating per episode, 1 to 5."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.conversation.content import Content
from bot.conversation.desk_port import desk_of
from bot.conversation.handover_models import Handover
from bot.conversation.log import append
from bot.conversation.masking import mask
from bot.conversation.models import Author, Conversation
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.texts import sentence

CHANGEABLE_H = 24
MAX_COMMENT = 500  # characters
LOW = 2  # and below: the lead follows up


async def rate(
    session: AsyncSession,
    rt: Runtime,
    *,
    conversation: Conversation,
    handover_id: str,
    score: int,
    comment: str | None = None,
) -> None:
    """May be changed for a day; a new comment replaces the old one, none leaves it."""
    if not 1 <= score <= 5:
        raise Refusal("bad_score", "请选择 1 到 5 分。", status=422)
    if comment and len(comment) > MAX_COMMENT:
        raise Refusal("text_too_long", f"评价最多 {MAX_COMMENT} 个字，请写短一些。", status=413)
    handover = await session.scalar(
        select(Handover)
        .where(Handover.id == handover_id, Handover.conversation_id == conversation.id)
        .with_for_update()
    )
    if handover is None or handover.first_reply_at is None:
        raise Refusal("no_such_episode", "没有找到这次人工服务，无法评价。", status=404)
    now = rt.clock.now()
    if handover.rated_at and now - handover.rated_at > timedelta(hours=CHANGEABLE_H):
        raise Refusal("rating_closed", "评价超过 24 小时后不能再修改，谢谢您。", status=409)
    masked = await _masked(session, rt, conversation, comment) if comment and comment.strip() else None
    if handover.rating == score and masked in (None, handover.rating_comment):
        return
    changed = handover.rating is not None
    handover.rating, handover.rated_at = score, handover.rated_at or now
    handover.rating_comment = masked or handover.rating_comment
    await desk_of(rt).rated(session, rt, handover=handover)
    name = "rated_again" if changed else "rated_low" if score <= LOW else "rated"
    thanks = Content.say(sentence(f"conversation.{name}"))
    append(session, rt, conversation=conversation, author=Author.SYSTEM, content=thanks)


async def _masked(session: AsyncSession, rt: Runtime, conversation: Conversation, text: str) -> str:
    known = await vault.known_tokens(session, rt, conversation_id=conversation.id)
    masked = mask(text, awaiting=None, known=known)
    vault.keep(session, rt, conversation_id=conversation.id, secrets=masked.secrets)
    return masked.text
