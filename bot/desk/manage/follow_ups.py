"""评价与回访: a low rating makes somebody responsible for talking to the talent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import audit, names_of
from bot.conversation import vault
from bot.conversation.handover_models import Handover
from bot.conversation.log import with_hints
from bot.conversation.models import Conversation
from bot.conversation.scope import Scope, visible
from bot.desk.access import scope_of
from bot.desk.manage.notices import Told, add_notices
from bot.desk.manage.sla_clock import read_clocks
from bot.desk.manage.sla_sweep import leads_of
from bot.desk.manage.teams import team_names
from bot.desk.models import FollowUp
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.store.base import new_id
from bot.texts import sentence

LOW_SCORE = 2  # and below
LOW_RATING = "low_rating"
PAGE = 50
_WITHOUT_LEVELS = timedelta(days=1)  # to follow up before any service level is kept


async def on_rating(session: AsyncSession, rt: Runtime, *, handover: Handover) -> None:
    """In the rating's transaction; the caller hints `desk` after the commit. Once per episode."""
    if handover.rating is None or handover.rating > LOW_SCORE:
        return
    now = rt.clock.now()
    clock = (await read_clocks(session)).of(handover.team_id)
    due = clock[1].add_open_seconds(now, clock[0].callback_s) if clock else now + _WITHOUT_LEVELS
    try:
        async with session.begin_nested():
            session.add(
                FollowUp(
                    id=new_id(),
                    handover_id=handover.id,
                    kind=LOW_RATING,
                    team_id=handover.team_id,
                    due_at=due,
                    created_at=now,
                )
            )
    except IntegrityError:
        return  # it is owed already
    leads = await leads_of(session, [handover.id])
    told = [
        Told(
            staff_id=lead.id,
            kind=LOW_RATING,
            text=sentence("manage.low_rating", score=handover.rating),
            conversation_id=handover.conversation_id,
            once_key=f"{LOW_RATING}:{handover.id}",
        )
        for lead in leads[handover.id]
    ]
    await add_notices(session, rt, told)


async def list_follow_ups(rt: Runtime, *, scope: Scope, done: bool, page: int) -> dict[str, Any]:
    """Open ones by what is due first, done ones newest first."""
    query = (
        select(FollowUp, Handover)
        .join(Handover, Handover.id == FollowUp.handover_id)
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(FollowUp.done_at.is_not(None) if done else FollowUp.done_at.is_(None), visible(scope))
    )
    order = (FollowUp.done_at.desc(),) if done else (FollowUp.due_at, FollowUp.id)
    return await _page(rt, query, order, page, "follow_ups")


async def take(rt: Runtime, *, follow_up_id: str, staff: Staff) -> dict[str, Any]:
    """Whoever comes first has it; taking one's own again succeeds."""
    async with rt.db.write() as session:
        row = await _access(session, follow_up_id, staff)
        claimed = await session.execute(
            update(FollowUp)
            .where(
                FollowUp.id == follow_up_id,
                FollowUp.done_at.is_(None),
                FollowUp.staff_id.is_(None) | (FollowUp.staff_id == staff.id),
            )
            .values(staff_id=staff.id)
            .execution_options(synchronize_session=False)
        )
        if claimed.rowcount != 1:  # type: ignore[attr-defined]
            raise Refusal("already_taken", "这个回访已经由同事处理了，请刷新列表。", status=409)
        await session.refresh(row[0])
        await _log(session, rt, row[0], staff, "take")
    rt.hints.notify("desk")
    return await _one(rt, row)


async def finish(rt: Runtime, *, follow_up_id: str, result: str, staff: Staff) -> dict[str, Any]:
    """By whoever took it on; the result is masked like everything written about a talent."""
    async with rt.db.write() as session:
        follow_up, handover = row = await _access(session, follow_up_id, staff)
        if follow_up.done_at is not None:
            raise Refusal("already_done", "这个回访已经办结，请刷新列表。", status=409)
        if follow_up.staff_id not in (None, staff.id):
            raise Refusal("not_yours", "这个回访由其他同事处理，请联系同事填写结果。", status=403)
        follow_up.result = await vault.mask_known(
            session, rt, conversation_id=handover.conversation_id, text=result
        )
        follow_up.staff_id, follow_up.done_at = staff.id, rt.clock.now()
        await _log(session, rt, follow_up, staff, "done")
    rt.hints.notify("desk")
    return await _one(rt, row)


@dataclass(frozen=True)
class RatingFilter:
    since: datetime
    until: datetime
    score: int | None = None
    commented: bool = False


async def list_ratings(rt: Runtime, *, scope: Scope, which: RatingFilter, page: int) -> dict[str, Any]:
    query = (
        select(FollowUp, Handover)
        .select_from(Handover)
        .outerjoin(FollowUp, FollowUp.handover_id == Handover.id)
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(
            Handover.rating.is_not(None),
            Handover.rated_at >= which.since,
            Handover.rated_at < which.until,
            visible(scope),
        )
    )
    if which.score:
        query = query.where(Handover.rating == which.score)
    if which.commented:
        query = query.where(Handover.rating_comment.is_not(None))
    return await _page(rt, query, (Handover.rated_at.desc(), Handover.id), page, "ratings")


async def _access(session: AsyncSession, follow_up_id: str, staff: Staff) -> tuple[FollowUp, Handover]:
    query = (
        select(FollowUp, Handover)
        .join(Handover, Handover.id == FollowUp.handover_id)
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(FollowUp.id == follow_up_id, visible(scope_of(staff)))
        .with_for_update(of=FollowUp)
    )
    found = (await session.execute(query)).first()
    if found is None:
        raise Refusal("not_found", "没有找到这个回访，请刷新列表后重试。", status=404)
    return found[0], found[1]


async def _log(session: AsyncSession, rt: Runtime, row: FollowUp, staff: Staff, verb: str) -> None:
    await audit(
        session,
        staff_id=staff.id,
        action=f"follow_up.{verb}",
        subject=row.id,
        detail={"handover": row.handover_id},
        at=rt.clock.now(),
    )


async def _one(rt: Runtime, row: tuple[FollowUp, Handover]) -> dict[str, Any]:
    return (await _views(rt, [row]))[0]


async def _page(
    rt: Runtime, query: Select[FollowUp, Handover], order: tuple[Any, ...], page: int, part: str
) -> dict[str, Any]:
    async with rt.db.read() as session:
        total = await session.scalar(select(func.count()).select_from(query.subquery())) or 0
        found = await session.execute(query.order_by(*order).limit(PAGE).offset((page - 1) * PAGE))
        rows = [(row[0], row[1]) for row in found]
    return {"total": total, "page_size": PAGE, part: await _views(rt, rows)}


async def _views(rt: Runtime, rows: list[tuple[Any, Handover]]) -> list[dict[str, Any]]:
    people = [handover.staff_id for _, handover in rows] + [task.staff_id for task, _ in rows if task]
    names = await names_of(rt, staff_ids=people)
    async with rt.db.read() as session:
        teams = await team_names(session)
        commented = [handover.conversation_id for _, handover in rows if handover.rating_comment]
        hints = await vault.hints_by_conversation(session, commented)
    return [
        {
            "handover_id": handover.id,
            "conversation_id": handover.conversation_id,
            "category": handover.category,
            "reason": handover.reason,
            "team_name": teams.get(handover.team_id or ""),
            "specialist_name": names.get(handover.staff_id or ""),
            "rating": handover.rating,
            "comment": with_hints(handover.rating_comment, hints.get(handover.conversation_id, {})),
            "rated_at": handover.rated_at,
            "follow_up": _task(task, names),
        }
        for task, handover in rows
    ]


def _task(task: FollowUp | None, names: dict[str, str]) -> dict[str, Any] | None:
    if task is None:
        return None
    return {
        "id": task.id,
        "kind": task.kind,
        "staff_id": task.staff_id,
        "staff_name": names.get(task.staff_id or ""),
        "due_at": task.due_at,
        "created_at": task.created_at,
        "done_at": task.done_at,
        "result": task.result,
    }
