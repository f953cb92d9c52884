"""The one way from the desk to chats: everything goes through a Scope made here."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import audit
from bot.conversation.change import StaffName
from bot.conversation.chat_access import Chat, access_chat
from bot.conversation.scope import Scope
from bot.runtime import Runtime


def scope_of(staff: Staff) -> Scope:
    return Scope(staff.id, staff.reach, staff.team_id, staff.region)


def name_of(staff: Staff) -> StaffName:
    return StaffName(staff.id, staff.name, staff.work_phone)


async def check_view(rt: Runtime, *, conversation_id: str, staff: Staff, file_id: str | None = None) -> None:
    """A chat, or a file in it, is about to be shown: in reach, and noted once an hour and person."""
    now = rt.clock.now()
    action = "desk.file" if file_id else "desk.view"
    async with rt.db.write() as session:
        await access_chat(session, conversation_id=conversation_id, scope=scope_of(staff))
        await audit(
            session,
            staff_id=staff.id,
            action=action,
            subject=conversation_id,
            at=now,
            detail={"file": file_id} if file_id else None,
            once_key=f"{action}:{staff.id}:{file_id or conversation_id}:{now:%Y%m%d%H}",
        )


async def access_own(session: AsyncSession, *, conversation_id: str, staff: Staff) -> Chat:
    """A chat to act on: in reach, locked until the commit."""
    return await access_chat(session, conversation_id=conversation_id, scope=scope_of(staff), lock=True)


async def note_deed(
    session: AsyncSession,
    rt: Runtime,
    *,
    staff: Staff,
    deed: str,
    subject: str,
    detail: dict[str, Any] | None = None,
) -> None:
    """The audit entry of a deed, in its transaction. `detail` takes ids, counts and codes only."""
    await audit(
        session,
        staff_id=staff.id,
        action=f"desk.{deed}",
        subject=subject,
        detail=detail,
        at=rt.clock.now(),
    )
