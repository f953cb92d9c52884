"""用人单位, 高校院所, 服务承接单位: lists and changes, alike for the three."""

from typing import Any

from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.accounts.service import audit
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.store.base import new_id
from bot.talent.models import Talent
from bot.talent.network_models import Employer, Institution, Provider
from bot.talent.places import check_region, full_name, within
from bot.talent.scope import check_place, in_reach

PAGE = 50
Organisation = Employer | Institution | Provider
_WORDS = {Employer: "用人单位", Institution: "高校院所", Provider: "服务承接单位"}
_FIELDS: dict[type[Organisation], tuple[str, ...]] = {
    Employer: ("name", "code", "kind", "region", "industry", "active"),
    Institution: ("name", "kind", "region", "fields"),
    Provider: ("name", "type", "region", "services", "phone", "active"),
}


async def find(
    rt: Runtime,
    model: type[Organisation],
    *,
    staff: Staff,
    query: str = "",
    region: str | None = None,
    kind: str | None = None,
    page: int = 1,
) -> dict[str, Any]:
    """By name, of the account's region."""
    where = [in_reach(staff, model.region)]
    if words := query.strip():
        where.append(model.name.icontains(words, autoescape=True))
    if region:
        where.append(within(model.region, region))
    if kind:
        where.append((model.type if issubclass(model, Provider) else model.kind) == kind)
    async with rt.db.read() as session:
        total = await session.scalar(select(func.count()).select_from(model).where(*where)) or 0
        shown = select(model).where(*where).order_by(model.name).offset((page - 1) * PAGE).limit(PAGE)
        rows: list[Any] = list(await session.scalars(shown))
        people = await _people(session, [row.id for row in rows]) if model is Employer else {}
    views = [organisation_view(row) | ({"talents": people.get(row.id, 0)} if people else {}) for row in rows]
    return {"total": total, "page_size": PAGE, "rows": views}


async def save(
    rt: Runtime,
    model: type[Organisation],
    *,
    row_id: str | None,
    body: BaseModel,
    staff: Staff,
    seen: str | None = None,
) -> dict[str, Any]:
    """`seen` is the `updated_at` the page was filled from."""
    values = body.model_dump(exclude={"updated_at"})
    check_region(values["region"])
    check_place(staff, values["region"])
    now = rt.clock.now()
    try:
        async with rt.db.write() as session:
            if row_id is None:
                row: Any = model(id=new_id(), sample=False)
                if model is Employer:
                    row.created_at = now
                session.add(row)
            else:
                row = await session.get(model, row_id, with_for_update=True)
                if row is None:
                    raise Refusal("not_found", f"没有找到这个{_WORDS[model]}，请刷新列表后重试。", status=404)
                check_place(staff, row.region)
                if seen is None or row.updated_at.isoformat() != seen:
                    raise Refusal("changed_meanwhile", "同事刚刚修改过这一项，请刷新后再改。", status=409)
            for name, value in values.items():
                setattr(row, name, value)
            row.updated_at = now
            await session.flush()
            action = f"directory.{model.__name__.lower()}"
            await audit(session, staff_id=staff.id, action=action, subject=row.id, at=now)
    except IntegrityError:
        raise Refusal(
            "name_taken", f"已经有同名或同代码的{_WORDS[model]}，请先查找，不要重复登记。", status=409
        ) from None
    return organisation_view(row)


async def _people(session: AsyncSession, ids: list[str]) -> dict[str, int]:
    query = select(Talent.employer_id, func.count()).where(Talent.employer_id.in_(ids))
    found = await session.execute(query.group_by(Talent.employer_id))
    return {row_id: count for row_id, count in found if row_id}


def organisation_view(row: Any) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in _FIELDS[type(row)]}
    return plain | {
        "id": row.id,
        "region_name": full_name(row.region),
        "sample": row.sample,
        "updated_at": row.updated_at.isoformat(),
    }
