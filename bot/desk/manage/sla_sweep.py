"""Warnings when a service level is near its end or missed: once per episode, kind and state."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Permission
from bot.accounts.service import Colleague, colleagues_with
from bot.conversation.handover_models import Handover
from bot.conversation.models import Conversation
from bot.conversation.scope import Scope, visible
from bot.desk.manage.leaving import release_left
from bot.desk.manage.notices import Told, tell_all
from bot.desk.manage.sla import Sla, SlaKind, SlaState
from bot.desk.manage.sla_clock import OWING, sla_of
from bot.runtime import Runtime
from bot.texts import sentence


async def sweep(rt: Runtime) -> int:
    """Tell whoever must know; how many notices were new."""
    await release_left(rt)  # also where an account was closed by the command line
    async with rt.db.read() as session:
        owed = await _owed(session, rt)
        told = await _told(session, owed) if owed else []
    return await tell_all(rt, told)


async def _owed(session: AsyncSession, rt: Runtime) -> list[tuple[Handover, Sla]]:
    query = (
        select(Conversation, Handover)
        .join(Handover, Handover.conversation_id == Conversation.id)
        .where(Handover.status.in_(OWING))
    )
    rows = [(conversation, handover) for conversation, handover in await session.execute(query)]
    slas = await sla_of(session, rt, rows)
    return [
        (handover, slas[handover.id])
        for _, handover in rows
        if handover.id in slas and slas[handover.id].state != SlaState.OK
    ]


async def _told(session: AsyncSession, owed: list[tuple[Handover, Sla]]) -> list[Told]:
    told: list[Told] = []
    leads = await leads_of(session, [handover.id for handover, _ in owed])
    for handover, sla in owed:
        receivers = {lead.id for lead in leads[handover.id]}
        if sla.kind == SlaKind.FIRST_REPLY and handover.staff_id:
            receivers.add(handover.staff_id)
        late = sla.state == SlaState.BREACH
        text = sentence(f"manage.sla_{sla.kind}_{sla.state}", category=handover.category)
        told += [
            Told(
                staff_id=staff_id,
                kind="sla_breach" if late else "sla_warning",
                text=text,
                conversation_id=handover.conversation_id,
                once_key=f"sla:{handover.id}:{sla.kind}:{sla.state}",
            )
            for staff_id in sorted(receivers)
        ]
    return told


async def leads_of(session: AsyncSession, handover_ids: Sequence[str]) -> dict[str, list[Colleague]]:
    """Who leads each episode: may lead, and sees it."""
    leads: dict[str, list[Colleague]] = defaultdict(list)
    for lead in await colleagues_with(session, permission=Permission.DESK_LEAD):
        scope = Scope(lead.id, lead.reach, lead.team_id, lead.region)
        query = (
            select(Handover.id)
            .join(Conversation, Conversation.id == Handover.conversation_id)
            .where(Handover.id.in_(handover_ids), visible(scope))
        )
        for handover_id in await session.scalars(query):
            leads[handover_id].append(lead)
    return leads
