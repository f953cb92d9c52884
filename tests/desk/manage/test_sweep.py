"""Warnings: to whoever leads, once; and what is left by whoever has gone."""

from datetime import timedelta

from fastapi import FastAPI
from sqlalchemy import select

from bot.accounts.permissions import Role
from bot.accounts.service import deactivate
from bot.conversation.handover_models import Handover, HandoverStatus
from bot.conversation.models import Control, Conversation
from bot.desk.manage.leaving import release_left
from bot.desk.manage.sla_sweep import sweep
from bot.desk.models import FollowUp, Notice, SpecialistChange
from bot.runtime import Runtime
from tests.accounts.staff_app import Person
from tests.conftest import MovedClock
from tests.desk.manage.episodes import episode
from tests.desk.offices import join


async def told(rt: Runtime) -> list[tuple[str, str, str | None]]:
    async with rt.db.read() as session:
        rows = await session.scalars(select(Notice).order_by(Notice.created_at, Notice.kind, Notice.id))
        return [(row.staff_id, row.kind, row.conversation_id) for row in rows]


async def test_the_lead_is_warned_and_then_told_once_each(
    rt: Runtime, clock: MovedClock, lead: Person, team: str, levels: None
) -> None:
    waiting = await episode(rt, clock.now(), team=team, status=HandoverStatus.WAITING)
    where = waiting.conversation_id
    assert await sweep(rt) == 0
    clock.advance(seconds=96)  # four fifths of 120 s
    assert (await sweep(rt), await sweep(rt)) == (1, 0)
    assert await told(rt) == [(lead.id, "sla_warning", where)]
    clock.advance(seconds=24)
    assert (await sweep(rt), await sweep(rt)) == (1, 0)
    assert (await told(rt))[1:] == [(lead.id, "sla_breach", where)]


async def test_a_late_first_word_is_told_to_the_specialist_too(
    app: FastAPI, rt: Runtime, clock: MovedClock, lead: Person, team: str, levels: None
) -> None:
    lin = await join(app, rt, "linxiao", Role.SPECIALIST, team=team)
    await episode(rt, clock.now(), team=team, status=HandoverStatus.ACTIVE, staff=lin.id, wait=0)
    clock.advance(seconds=61)
    assert await sweep(rt) == 2
    assert {staff_id for staff_id, _, _ in await told(rt)} == {lead.id, lin.id}


async def test_leads_elsewhere_hear_nothing(
    app: FastAPI, rt: Runtime, clock: MovedClock, lead: Person, team: str, other_team: str, levels: None
) -> None:
    await join(app, rt, "quanzhou", Role.LEAD, team=other_team, region="350500")
    await episode(rt, clock.now(), team=team, status=HandoverStatus.WAITING)
    clock.advance(minutes=5)
    await sweep(rt)
    assert {staff_id for staff_id, _, _ in await told(rt)} == {lead.id}


async def test_what_somebody_held_or_owed_is_free_once_they_left(
    app: FastAPI, rt: Runtime, lead: Person, team: str
) -> None:
    lin = await join(app, rt, "linxiao", Role.SPECIALIST, team=team)
    zhou = await join(app, rt, "zhouning", Role.SPECIALIST, team=team)
    now = rt.clock.now()
    talk = await episode(rt, now, team=team, status=HandoverStatus.ACTIVE, staff=lin.id, wait=0, reply=1)
    held = await episode(
        rt,
        now,
        team=team,
        status=HandoverStatus.ACTIVE,
        staff=lin.id,
        wait=0,
        reply=1,
        control=Control.ON_HOLD,
        hold_until=now + timedelta(days=5),
    )
    ticket = await episode(rt, now, team=team, status=HandoverStatus.TICKETED, staff=lin.id)
    others = await episode(rt, now, team=team, status=HandoverStatus.ACTIVE, staff=zhou.id, wait=0, reply=1)
    async with rt.db.write() as session:
        (await session.get_one(Conversation, talk.conversation_id)).specialist_id = lin.id
        session.add(
            FollowUp(
                handover_id=others.id,
                kind="low_rating",
                team_id=team,
                staff_id=lin.id,
                due_at=now,
                created_at=now,
            )
        )
    assert await release_left(rt) == 0
    await deactivate(rt, staff_id=lin.id, by=lead.id)
    assert await release_left(rt) == 1
    assert await release_left(rt) == 0
    async with rt.db.read() as session:
        rows = {row.id: row for row in await session.scalars(select(Handover))}
        talks = {row.id: row for row in await session.scalars(select(Conversation))}
        follow_up = (await session.scalars(select(FollowUp))).one()
        change = (await session.scalars(select(SpecialistChange))).one()
    for left in (talk, held):
        assert talks[left.conversation_id].control == Control.QUEUED
        assert talks[left.conversation_id].staff_id is None
        assert (rows[left.id].status, rows[left.id].priority) == (HandoverStatus.WAITING, 1)
    assert (rows[ticket.id].status, rows[ticket.id].staff_id) == (HandoverStatus.TICKETED, None)
    assert follow_up.staff_id is None
    assert (change.before, change.after) == (lin.id, None)
    assert talks[talk.conversation_id].specialist_id is None
    assert talks[others.conversation_id].control == Control.HUMAN
