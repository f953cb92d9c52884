"""Talents who were shut out: told so, and nothing of theirs is stored or lost."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.change import StaffName
from bot.conversation.crisis import hotlines, is_crisis
from bot.conversation.handover_models import ControlChange
from bot.conversation.log import access_conversation
from bot.conversation.models import Conversation
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.texts import sentence


def check_not_blocked(conversation: Conversation, *, said: str = "") -> None:
    """Words of despair are refused as well, but never without the hotlines, however often they come."""
    if not conversation.blocked_at:
        return
    blocked = sentence("conversation.blocked")
    if is_crisis(said):
        raise Refusal("blocked_in_despair", f"{hotlines().plain_text()}\n{blocked}", status=403)
    raise Refusal("blocked", blocked, status=403)


async def unblock(session: AsyncSession, rt: Runtime, *, conversation_id: str, by: StaffName) -> None:
    """The talent may write again; their next words begin with the assistant. The caller commits."""
    conversation = await access_conversation(session, conversation_id=conversation_id, lock=True)
    if conversation.blocked_at is None:
        return
    conversation.blocked_at = conversation.block_reason = None
    session.add(
        ControlChange(
            conversation_id=conversation.id,
            event="unblock",
            before=conversation.control,
            after=conversation.control,
            version=conversation.version,
            by=by.id,
            at=rt.clock.now(),
        )
    )
