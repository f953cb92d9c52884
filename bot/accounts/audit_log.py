"""Reading the audit log. Reading it is itself no entry: it holds ids and codes only."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from bot.accounts.colleagues import staff_names
from bot.accounts.models import AuditEntry, StaffAccount
from bot.runtime import Runtime
from bot.texts import sentence

PAGE = 50
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class AuditFilter:
    since: datetime | None = None
    until: datetime | None = None
    staff_id: str | None = None
    action: str | None = None  # an action, or a family such as "desk."
    subjects: Collection[str] = ()  # none: all


def action_title(action: str) -> str:
    """The deed in words; a code nobody has put into words stays a code."""
    try:
        return sentence(f"audit.{action}")
    except KeyError:
        return action


async def read_audit(
    rt: Runtime, *, which: AuditFilter, region_prefix: str, page: int
) -> tuple[int, list[dict[str, Any]]]:
    """Newest first. Deeds of staff within the region; the service's own only for the whole country."""
    query = _filtered(select(AuditEntry), which, region_prefix)
    async with rt.db.read() as session:
        total = await session.scalar(select(func.count()).select_from(query.subquery())) or 0
        newest = query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        entries = list(await session.scalars(newest.limit(PAGE).offset((page - 1) * PAGE)))
        told = {part for entry in entries for part in (entry.subject, entry.staff_id, *ids_in(entry.detail))}
        names = {staff_id: name for staff_id, name in (await staff_names(session, told)).items() if staff_id}
    return total, [_row(entry, names) for entry in entries]


def ids_in(detail: Any) -> Iterator[str]:
    """The ids a deed's detail holds, of people, teams, calendars or chats."""
    if isinstance(detail, dict):
        for value in detail.values():
            yield from ids_in(value)
    elif isinstance(detail, list):
        for value in detail:
            yield from ids_in(value)
    elif isinstance(detail, str) and _ID.fullmatch(detail):
        yield detail


async def used_actions(rt: Runtime) -> list[dict[str, str]]:
    """Every deed on record, for the filter."""
    async with rt.db.read() as session:
        actions = await session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action))
        return [{"action": action, "title": action_title(action)} for action in actions]


def _filtered(query: Select[AuditEntry], which: AuditFilter, region_prefix: str) -> Select[AuditEntry]:
    if which.since:
        query = query.where(AuditEntry.at >= which.since)
    if which.until:
        query = query.where(AuditEntry.at < which.until)
    if which.staff_id:
        query = query.where(AuditEntry.staff_id == which.staff_id)
    if which.action:
        family = which.action.endswith(".")
        same = AuditEntry.action.startswith(which.action, autoescape=True)
        query = query.where(same if family else AuditEntry.action == which.action)
    if which.subjects:
        query = query.where(AuditEntry.subject.in_(which.subjects))
    if region_prefix:
        within = select(StaffAccount.id).where(StaffAccount.region.startswith(region_prefix))
        query = query.where(AuditEntry.staff_id.in_(within))
    return query


def _row(entry: AuditEntry, names: dict[str, str]) -> dict[str, Any]:
    return {
        "names": {found: names[found] for found in ids_in(entry.detail) if found in names},
        "id": entry.id,
        "at": entry.at,
        "staff_id": entry.staff_id,
        "staff_name": names.get(entry.staff_id or ""),
        "action": entry.action,
        "title": action_title(entry.action),
        "subject": entry.subject,
        "subject_name": names.get(entry.subject),
        "detail": entry.detail,
    }
