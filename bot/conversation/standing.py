"""A call-back that is owed while the talent comes back and talks with a person: it stands beside the
talk, whoever has the chat sees it, and one talent is never owed two."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.control_rules import ControlEvent
from bot.conversation.handover_models import ControlChange, Handover, HandoverStatus
from bot.conversation.models import Conversation
from bot.conversation.vault import since_former_person


async def join_older(
    session: AsyncSession, *, conversation: Conversation, ticket: Handover, now: datetime
) -> None:
    """What was owed already goes into the newer ticket: who owes it, whom to call, and the earlier time."""
    older = await session.scalars(
        select(Handover).where(
            Handover.conversation_id == conversation.id,
            Handover.status == HandoverStatus.TICKETED,
            Handover.id != ticket.id,
            since_former_person(conversation.id, Handover.requested_at),
        )
    )
    for before in older:
        ticket.contact_token = ticket.contact_token or before.contact_token
        ticket.contact_when = ticket.contact_when or before.contact_when
        ticket.staff_id = ticket.staff_id or before.staff_id
        ticket.due_at = min((due for due in (ticket.due_at, before.due_at) if due), default=None)
        end_ticket(
            session,
            conversation=conversation,
            ticket=before,
            by="system",
            why="joined",
            into=ticket.id,
            now=now,
        )


def end_ticket(
    session: AsyncSession,
    *,
    conversation: Conversation,
    ticket: Handover,
    by: str,
    why: str,
    now: datetime,
    into: str | None = None,
) -> None:
    """A call-back no longer owed, with its line in the log. `into`: the ticket it went into."""
    ticket.status, ticket.ended_at, ticket.ended_by = HandoverStatus.CANCELLED, now, by
    ticket.ended_seq = conversation.last_seq
    session.add(
        ControlChange(
            conversation_id=conversation.id,
            handover_id=ticket.id,
            event=ControlEvent.CANCEL,
            before=conversation.control,
            after=conversation.control,
            version=conversation.version,
            target=into,
            why=why,
            at=now,
        )
    )
