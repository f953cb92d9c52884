"""Progress for whoever has case number and query code."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.catalogue import catalogue
from bot.service.models import Application, ApplicationPart, PartChange, PartStatus, ProgressAttempts
from bot.service.submission import keyed_hash

FAILURES_BEFORE_LOCK = 5  # of one asker
# Of one number, whoever asks: so many that nobody shuts its owner out with a handful of wrong codes, and
# far too few to find one of the 10^11 codes.
FAILURES_OF_A_NUMBER = 50
LOCK_MINUTES = 15
KEEP_ATTEMPTS_HOURS = 24


@dataclass(frozen=True)
class PartProgress:
    item: str
    status: PartStatus
    timeline: list[tuple[datetime, PartStatus]]


@dataclass(frozen=True)
class Progress:
    """Nothing personal: a case number and a code may have been overheard."""

    case_no: str
    parts: list[PartProgress]


async def progress(rt: Runtime, *, case_no: str, code: str, asker: str | None = None) -> Progress:
    """Status and timeline. Wrong number and wrong code look alike, and both are counted."""
    case_no, code = case_no.strip().upper(), code.replace("-", "").replace(" ", "").upper()
    subjects = {keyed_hash(rt, f"case:{case_no}"): FAILURES_OF_A_NUMBER}
    if asker:
        subjects[keyed_hash(rt, f"asker:{asker}")] = FAILURES_BEFORE_LOCK
    now, found = rt.clock.now(), None
    async with rt.db.write() as session:
        rows = await session.scalars(
            select(ProgressAttempts).where(ProgressAttempts.subject.in_(subjects)).with_for_update()
        )
        attempts = {row.subject: row for row in rows}
        locked = any(row.locked_until and row.locked_until > now for row in attempts.values())
        if not locked:
            application = await session.scalar(select(Application).where(Application.case_no == case_no))
            expected = application.code_hash if application else ""
            if hmac.compare_digest(expected, keyed_hash(rt, f"code:{code}")) and application:
                found = await _progress_of(rt, session, application)
            else:
                await _count_failures(session, subjects=subjects, attempts=attempts, now=now)
    # Raised after the commit: raising inside would roll the count back.
    if locked:
        raise Refusal(
            "progress_locked",
            f"查询次数过多，为保护您的信息，请 {LOCK_MINUTES} 分钟后再试，或者转人工查询。",
            status=429,
        )
    if found is None:
        raise Refusal(
            "progress_not_found", "受理编号或查询码不对，请核对后再发一次；找不到了可以转人工。", status=404
        )
    return found


async def _count_failures(
    session: AsyncSession, *, subjects: dict[str, int], attempts: dict[str, ProgressAttempts], now: datetime
) -> None:
    await session.execute(
        delete(ProgressAttempts)
        .where(ProgressAttempts.first_at < now - timedelta(hours=KEEP_ATTEMPTS_HOURS))
        .where(ProgressAttempts.subject.not_in(subjects))
    )
    window = timedelta(minutes=LOCK_MINUTES)
    for subject, most in subjects.items():
        row = attempts.get(subject)
        if row is None:
            row = ProgressAttempts(subject=subject, failures=0, first_at=now, locked_until=None)
            session.add(row)
        if row.first_at <= now - window:
            row.failures, row.first_at, row.locked_until = 0, now, None
        row.failures += 1
        if row.failures >= most:
            row.locked_until = now + window


async def _progress_of(rt: Runtime, session: AsyncSession, application: Application) -> Progress:
    parts = await session.scalars(
        select(ApplicationPart)
        .where(ApplicationPart.application_id == application.id)
        .order_by(ApplicationPart.position)
    )
    items = catalogue(rt).items
    told = []
    for part in parts:
        changes = await session.scalars(
            select(PartChange)
            .where(PartChange.part_id == part.id, PartChange.before.is_distinct_from(PartChange.after))
            .order_by(PartChange.at, PartChange.id)
        )
        name = items[part.item].name if part.item in items else part.item
        timeline = [(change.at, PartStatus(change.after)) for change in changes]
        told.append(PartProgress(name, PartStatus(part.status), timeline))
    return Progress(application.case_no, told)
