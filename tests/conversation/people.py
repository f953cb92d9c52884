"""Who talks in tests of the conversation, and what staff do in one line."""

from typing import Any

from bot.conversation.change import Change, StaffName
from bot.conversation.control import Changed
from bot.conversation.control_rules import ControlEvent
from bot.conversation.models import Channel
from bot.conversation.service import act, log_after, tell
from bot.runtime import Runtime

WEB: dict[str, Any] = {"channel": Channel.WEB, "account": "web", "external_user": "visitor"}
LIN = StaffName("s1", "林样例")
WU = StaffName("s2", "吴样例")


async def staff_does(
    rt: Runtime, conversation_id: str, event: ControlEvent, *, by: StaffName | None = LIN, **more: Any
) -> Changed:
    async with rt.db.write() as session:
        change = Change(event, by=by, **more)
        changed = await act(session, rt, conversation_id=conversation_id, change=change)
    tell(rt, conversation_id, turns=True, desk=True)
    return changed


async def service_does(rt: Runtime, conversation_id: str, event: ControlEvent, **more: Any) -> Changed:
    """The router, acting on time."""
    return await staff_does(rt, conversation_id, event, by=None, **more)


async def texts(rt: Runtime, conversation_id: str, *, internal: bool = False) -> list[str]:
    rows = await log_after(rt, conversation_id=conversation_id, seq=0, internal=internal)
    return [f"{row['author']}: {' '.join(row['content']['paragraphs'])}" for row in rows]


async def last_message(rt: Runtime, conversation_id: str) -> dict[str, Any]:
    (*_, last) = await log_after(rt, conversation_id=conversation_id, seq=0, internal=False)
    return last


def index_of(message: dict[str, Any], title: str) -> int:
    """Of the button of that title."""
    titles = [button["title"] for button in message["content"]["buttons"]]
    assert title in titles, titles
    return titles.index(title)
