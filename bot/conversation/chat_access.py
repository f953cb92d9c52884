"""The only way to a chat from the desk: through the scope of whoever asks."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.handover_models import ENDED, LIVE, Handover
from bot.conversation.log import access_conversation
from bot.conversation.models import Conversation
from bot.conversation.scope import Scope, visible
from bot.errors import Refusal


@dataclass(frozen=True)
class Chat:
    """A conversation in reach, with the episode it is shown under."""

    conversation: Conversation
    handover: Handover
    until_seq: int | None = None  # a later episode is others' business: nothing after this seq is shown


async def access_chat(
    session: AsyncSession,
    *,
    conversation_id: str,
    scope: Scope,
    lock: bool = False,
    within: ColumnElement[bool] | None = None,
) -> Chat:
    """A chat in which a person was asked for and that is in reach, or 404.

    `lock` is for deeds: those need the whole chat in reach, and what is read stays true until the commit.
    """
    found = await find_chat(session, conversation_id=conversation_id, scope=scope, lock=lock, within=within)
    if found is None or (lock and found.until_seq is not None):
        raise no_such_chat()
    return found


async def find_chat(
    session: AsyncSession,
    *,
    conversation_id: str,
    scope: Scope,
    lock: bool = False,
    within: ColumnElement[bool] | None = None,
) -> Chat | None:
    conversation = await access_conversation(session, conversation_id=conversation_id, lock=lock)
    seen = visible(scope) if within is None else within
    query = (
        select(Handover, seen.label("seen"))
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(Handover.conversation_id == conversation_id)
        .order_by(Handover.requested_at.desc(), Handover.id.desc())
        .execution_options(populate_existing=True)
    )
    episodes = [(handover, bool(is_seen)) for handover, is_seen in await session.execute(query)]
    in_reach = [handover for handover, is_seen in episodes if is_seen]
    if not in_reach:
        return None
    live = [handover for handover in in_reach if handover.status in LIVE]
    shown = (live or in_reach)[0]
    until = None
    if all(handover.status in ENDED for handover in in_reach) and shown is not episodes[0][0]:
        until = shown.ended_seq or 0
    return Chat(conversation, shown, until)


def no_such_chat() -> Refusal:
    return Refusal("no_such_conversation", "没有找到这个会话，请刷新页面后重试。", status=404)
