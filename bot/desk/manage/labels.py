"""标签: the list offered when an episode ends."""

from datetime import datetime
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import audit
from bot.desk.manage.changes import check_everywhere, check_unchanged, unknown
from bot.desk.models import Label
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.settings import PROJECT
from bot.store.base import new_id

_FILE = PROJECT / "data" / "desk" / "labels.yml"


async def label_names(session: AsyncSession) -> list[str]:
    """What may be chosen now."""
    query = select(Label.name).where(Label.active.is_(True)).order_by(Label.id)
    return list(await session.scalars(query))


async def ensure_labels(rt: Runtime) -> None:
    """On a desk without labels, the usual ones."""
    async with rt.db.write() as session:
        if await session.scalar(select(Label.id).limit(1)) is None:
            names: list[str] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["labels"]
            ids = sorted(new_id() for _ in names)  # listed in the order of the file
            for label_id, name in zip(ids, names, strict=True):
                session.add(Label(id=label_id, name=name, active=True, updated_at=rt.clock.now()))


async def list_labels(rt: Runtime) -> list[Label]:
    async with rt.db.read() as session:
        return list(await session.scalars(select(Label).order_by(Label.id)))


async def save_label(
    rt: Runtime,
    *,
    label_id: str | None,
    name: str,
    active: bool,
    updated_at: datetime | None,
    staff: Staff,
) -> Label:
    check_everywhere(staff)
    now = rt.clock.now()
    try:
        async with rt.db.write() as session:
            if label_id is None:
                label = Label(id=new_id(), name=name, active=active, updated_at=now)
                session.add(label)
                changed: dict[str, Any] = {"active": [None, active]}
            else:
                found = await session.get(Label, label_id, with_for_update=True)
                if found is None:
                    raise unknown("标签")
                check_unchanged(found.updated_at, updated_at)
                label = found
                changed = {"active": [label.active, active]} if label.active != active else {}
                changed |= {"name": None} if label.name != name else {}
                label.name, label.active, label.updated_at = name, active, now
            await session.flush()
            await audit(
                session,
                staff_id=staff.id,
                action="settings.label",
                subject=label.id,
                detail={"changed": changed},
                at=now,
            )
            return label
    except IntegrityError:
        raise Refusal("name_taken", "已经有同名的标签，请换一个名称。", status=409) from None
