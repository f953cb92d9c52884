"""Episodes as rows, for what only reads them: reports, the wall, ratings, quality."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.conversation.handover_models import ControlChange, Handover, HandoverStatus
from bot.conversation.models import Channel, Control, Conversation
from bot.runtime import Runtime
from bot.store.base import new_id

ENDED_CONTROL = {
    HandoverStatus.WAITING: Control.QUEUED,
    HandoverStatus.ACTIVE: Control.HUMAN,
    HandoverStatus.CLOSED: Control.CLOSED,
}


def at(text: str) -> datetime:
    """`11-20 09:30` of 2026 in Shanghai."""
    return datetime.strptime(f"2026-{text} +0800", "%Y-%m-%d %H:%M %z").astimezone(UTC)


async def episode(
    rt: Runtime,
    requested: datetime,
    *,
    status: HandoverStatus = HandoverStatus.CLOSED,
    team: str | None = None,
    staff: str | None = None,
    region: str = "370000",
    wait: float | None = None,
    reply: float | None = None,
    end: float | None = None,
    conversation: str | None = None,
    control: Control | None = None,
    **more: Any,
) -> Handover:
    """Seconds: `wait` until accepted, `reply` after that, `end` after having been accepted."""
    accepted = requested + timedelta(seconds=wait) if wait is not None else None
    async with rt.db.write() as session:
        talk = await session.get(Conversation, conversation) if conversation else None
        if talk is None:
            talk = Conversation(
                channel=Channel.WEB,
                account="web",
                external_user=new_id(),
                region=region,
                created_at=requested,
                updated_at=requested,
            )
            session.add(talk)
        talk.control = control or ENDED_CONTROL.get(status, Control.BOT)
        talk.staff_id = staff if status == HandoverStatus.ACTIVE else None
        await session.flush()
        base = accepted or requested
        handover = Handover(
            conversation_id=talk.id,
            status=status,
            reason=more.pop("reason", "requested"),
            category=more.pop("category", "政策咨询"),
            packet={},
            region=region,
            team_id=team,
            staff_id=staff,
            requested_at=requested,
            queued_at=requested,
            accepted_at=accepted,
            taken_at=accepted,
            first_reply_at=base + timedelta(seconds=reply) if reply is not None else None,
            replied_at=base + timedelta(seconds=reply) if reply is not None else None,
            ended_at=base + timedelta(seconds=end) if end is not None else None,
            passed_by=[],
            labels=[],
            **more,
        )
        session.add(handover)
    return handover


async def change(
    rt: Runtime, handover: Handover, event: str, *, before: str, after: str, at: datetime, **more: Any
) -> None:
    async with rt.db.write() as session:
        session.add(
            ControlChange(
                conversation_id=handover.conversation_id,
                handover_id=handover.id,
                event=event,
                before=before,
                after=after,
                version=more.pop("version", 1),
                at=at,
                **more,
            )
        )
