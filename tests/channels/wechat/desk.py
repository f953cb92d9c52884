"""What a specialist does with a conversation, without the desk's pages."""

from bot.conversation.change import Change
from bot.conversation.service import act, tell
from bot.runtime import Runtime


async def staff_does(rt: Runtime, conversation_id: str, change: Change) -> None:
    async with rt.db.write() as session:
        await act(session, rt, conversation_id=conversation_id, change=change)
    tell(rt, conversation_id, desk=True)
