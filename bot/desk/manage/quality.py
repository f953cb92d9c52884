"""质检: drawing ended episodes by lot, never one's own, and filling in their score sheets."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import audit, names_of
from bot.conversation import vault
from bot.conversation.handover_models import ControlChange, Handover, HandoverStatus
from bot.conversation.log import MessageView, read_log, wire_time
from bot.conversation.models import Conversation
from bot.conversation.scope import visible
from bot.desk.access import scope_of
from bot.desk.manage.quality_rules import check_scores, criteria, draw, most_points
from bot.desk.models import QualityCheck
from bot.errors import Refusal
from bot.runtime import Runtime

PAGE = 50
MOST_MESSAGES = 500  # of an episode on a score sheet, the last ones
_HELPED = (HandoverStatus.RETURNED, HandoverStatus.CLOSED)


def sheet() -> dict[str, Any]:
    return {"criteria": [asdict(criterion) for criterion in criteria()], "most": most_points()}


@dataclass(frozen=True)
class SampleWish:
    since: datetime
    until: datetime
    per_specialist: int
    staff_id: str | None = None  # only of this specialist


async def sample(rt: Runtime, *, wish: SampleWish, staff: Staff) -> dict[str, Any]:
    """Draw episodes that ended in the period. The lot's seed is in the audit log, for repeating it."""
    now = rt.clock.now()
    seed = f"{now.isoformat()}:{uuid4().hex}"
    async with rt.db.read() as session:
        pool = [(row[0], row[1] or "") for row in await session.execute(_pool(wish, staff))]
    chosen = draw(pool, per_specialist=wish.per_specialist, seed=seed)
    drawn = 0
    async with rt.db.write() as session:
        for handover_id in chosen:
            try:
                async with session.begin_nested():
                    session.add(QualityCheck(handover_id=handover_id, sampled_at=now, sampled_by=staff.id))
                drawn += 1
            except IntegrityError:
                continue  # a colleague drew it at the same moment
        await audit(
            session,
            staff_id=staff.id,
            action="quality.sample",
            subject=wish.staff_id or "all",
            detail={"seed": seed, "pool": len(pool), "drawn": drawn},
            at=now,
        )
    return {"drawn": drawn, "pool": len(pool), "seed": seed}


def _pool(wish: SampleWish, staff: Staff) -> Select[str, str | None]:
    query = (
        select(Handover.id, Handover.staff_id)
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(
            Handover.status.in_(_HELPED),
            Handover.staff_id.is_not(None),
            Handover.ended_at >= wish.since,
            Handover.ended_at < wish.until,
            visible(scope_of(staff)),
            ~_took_part(staff.id),
            ~exists().where(QualityCheck.handover_id == Handover.id),
        )
    )
    return query.where(Handover.staff_id == wish.staff_id) if wish.staff_id else query


def _took_part(staff_id: str) -> Any:
    """Whoever ever acted in an episode does not judge it."""
    acted = exists().where(ControlChange.handover_id == Handover.id, ControlChange.by == staff_id)
    return or_(Handover.staff_id == staff_id, acted)


async def list_checks(
    rt: Runtime, *, staff: Staff, done: bool, page: int, of_staff: str | None = None
) -> dict[str, Any]:
    """The reviewer's list: what is to be judged, or what was; never one's own episodes."""
    query = _checks(done).where(visible(scope_of(staff)), ~_took_part(staff.id))
    if of_staff:
        query = query.where(Handover.staff_id == of_staff)
    return await _page(rt, query, page)


async def own_results(rt: Runtime, *, staff: Staff, page: int) -> dict[str, Any]:
    """A specialist's own judged episodes."""
    return await _page(rt, _checks(done=True).where(Handover.staff_id == staff.id), page)


async def review(
    rt: Runtime, *, handover_id: str, scores: dict[str, int], comment: str, staff: Staff
) -> dict[str, Any]:
    """Fill in a sheet once. The total is counted here, whatever the page shows."""
    total = check_scores(scores)
    now = rt.clock.now()
    async with rt.db.write() as session:
        check, handover = await access_check(session, handover_id=handover_id, staff=staff, lock=True)
        if check.reviewed_at is not None:
            raise Refusal("already_done", "这一单已经评分，请刷新列表。", status=409)
        check.scores, check.total = dict(scores), total
        check.comment = await vault.mask_known(
            session, rt, conversation_id=handover.conversation_id, text=comment
        )
        check.reviewer_id, check.reviewed_at = staff.id, now
        await audit(
            session,
            staff_id=staff.id,
            action="quality.review",
            subject=handover_id,
            detail={"total": total},
            at=now,
        )
    return (await _views(rt, [(check, handover)]))[0]


async def access_check(
    session: AsyncSession, *, handover_id: str, staff: Staff, lock: bool = False
) -> tuple[QualityCheck, Handover]:
    """A drawn episode the person may judge: within reach and not their own."""
    query = (
        select(QualityCheck, Handover)
        .join(Handover, Handover.id == QualityCheck.handover_id)
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(QualityCheck.handover_id == handover_id, visible(scope_of(staff)), ~_took_part(staff.id))
    )
    found = (await session.execute(query.with_for_update(of=QualityCheck) if lock else query)).first()
    if found is None:
        raise Refusal("not_found", "没有找到这一单，或者您参与过这次服务，不能给它评分。", status=404)
    return found[0], found[1]


async def view_check(rt: Runtime, *, handover_id: str, staff: Staff) -> dict[str, Any]:
    """The sheet with what was said in that episode, notes included; the view is audited."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        check, handover = await access_check(session, handover_id=handover_id, staff=staff)
        await audit(
            session,
            staff_id=staff.id,
            action="quality.view",
            subject=handover_id,
            at=now,
            once_key=f"quality.view:{staff.id}:{handover_id}:{now:%Y%m%d%H}",
        )
        messages = await _said_in(session, handover)
    return {"check": (await _views(rt, [(check, handover)]))[0], "messages": messages}


async def _said_in(session: AsyncSession, handover: Handover) -> list[MessageView]:
    before = (handover.ended_seq or 0) + 1
    log = await read_log(
        session,
        conversation_id=handover.conversation_id,
        before=before,
        internal=True,
        limit=MOST_MESSAGES,
    )
    since = wire_time(handover.requested_at)
    return [message | {"key": None} for message in log if message["at"] >= since]


async def averages(rt: Runtime, *, staff: Staff, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """By specialist: how many were judged, and the mean in percent of all points."""
    query = (
        select(Handover.staff_id, func.count(), func.avg(QualityCheck.total))
        .join(QualityCheck, QualityCheck.handover_id == Handover.id)
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .where(
            QualityCheck.reviewed_at >= since,
            QualityCheck.reviewed_at < until,
            visible(scope_of(staff)),
        )
        .group_by(Handover.staff_id)
    )
    async with rt.db.read() as session:
        rows = [(row[0], row[1], float(row[2])) for row in await session.execute(query)]
    names = await names_of(rt, staff_ids=[row[0] for row in rows])
    found = [
        {
            "staff_id": staff_id,
            "name": names.get(staff_id, staff_id),
            "count": count,
            "percent": round(100 * mean / most_points(), 1),
        }
        for staff_id, count, mean in rows
    ]
    return sorted(found, key=lambda row: (-row["percent"], row["name"]))


def _checks(done: bool) -> Select[QualityCheck, Handover]:
    query = (
        select(QualityCheck, Handover)
        .join(Handover, Handover.id == QualityCheck.handover_id)
        .join(Conversation, Conversation.id == Handover.conversation_id)
    )
    if done:
        return query.where(QualityCheck.reviewed_at.is_not(None)).order_by(QualityCheck.reviewed_at.desc())
    return query.where(QualityCheck.reviewed_at.is_(None)).order_by(
        QualityCheck.sampled_at, QualityCheck.handover_id
    )


async def _page(rt: Runtime, query: Select[QualityCheck, Handover], page: int) -> dict[str, Any]:
    async with rt.db.read() as session:
        counted = select(func.count()).select_from(query.order_by(None).subquery())
        total = await session.scalar(counted) or 0
        found = await session.execute(query.limit(PAGE).offset((page - 1) * PAGE))
        rows = [(row[0], row[1]) for row in found]
    return {"sheet": sheet(), "total": total, "page_size": PAGE, "checks": await _views(rt, rows)}


async def _views(rt: Runtime, rows: list[tuple[QualityCheck, Handover]]) -> list[dict[str, Any]]:
    people = [handover.staff_id for _, handover in rows] + [check.reviewer_id for check, _ in rows]
    names = await names_of(rt, staff_ids=people)
    return [
        {
            "handover_id": handover.id,
            "conversation_id": handover.conversation_id,
            "specialist_id": handover.staff_id,
            "specialist_name": names.get(handover.staff_id or ""),
            "category": handover.category,
            "reason": handover.reason,
            "requested_at": handover.requested_at,
            "ended_at": handover.ended_at,
            "rating": handover.rating,
            "sampled_at": check.sampled_at,
            "scores": check.scores,
            "total": check.total,
            "comment": check.comment,
            "reviewer_name": names.get(check.reviewer_id or ""),
            "reviewed_at": check.reviewed_at,
        }
        for check, handover in rows
    ]
