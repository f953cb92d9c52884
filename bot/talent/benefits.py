"""免申即享: a list of those entitled without applying, looked through row by row, then told to each."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff
from bot.errors import Refusal
from bot.knowledge import service as knowledge
from bot.knowledge.entitlements import Entitlement, shipped_catalogue, still_says
from bot.notices.service import notify, tell_after
from bot.runtime import Runtime
from bot.talent.cards import today_of
from bot.talent.entitled import WITHOUT_APPLICATION, entitlement, records_where, without_application
from bot.talent.entitled_record import Standing, entitled_to
from bot.talent.grassroots_models import BenefitList, BenefitListRow
from bot.talent.models import Talent
from bot.talent.network_models import OfficeSetting
from bot.talent.places import check_region, covers, lexicon, region_name, within
from bot.talent.projects import note
from bot.talent.scope import check_everywhere, check_place, in_reach
from bot.texts import sentence

OPEN, CONFIRMED, STRUCK = "待确认", "已确认", "已剔除"
PUBLISHED, VOID = "已公布", "已作废"


async def list_entitlements(rt: Runtime) -> list[dict[str, Any]]:
    """All rows of the catalogue, those without application first."""
    faqs = await knowledge.current_answers(rt)
    async with rt.db.read() as session:
        marked = await without_application(session)
    rows = [
        {
            "key": row.key,
            "title": row.title,
            "line": row.line,
            "region": row.region,
            "place": row.place,
            "year": row.year,
            "confidence": row.confidence,
            "without_application": row.key in marked,
            "stated": row.without_application,
            "current": row.faq in faqs and still_says(faqs[row.faq], row),
        }
        for row in shipped_catalogue().rows
    ]
    return sorted(rows, key=lambda row: not row["without_application"])


async def mark(rt: Runtime, *, key: str, offered: bool, staff: Staff) -> list[dict[str, Any]]:
    """The centre says that it grants a row without an application, or takes that back."""
    check_everywhere(staff)
    row = entitlement(key)
    if row is None or row.without_application:
        raise Refusal("not_found", "这一条不能修改：没有找到，或文件已经写明无需申请。", status=409)
    now = rt.clock.now()
    async with rt.db.write() as session:
        stored = await session.get(OfficeSetting, WITHOUT_APPLICATION, with_for_update=True)
        keys = set(stored.value["keys"]) if stored else set()
        keys = keys | {key} if offered else keys - {key}
        if stored is None:
            stored = OfficeSetting(key=WITHOUT_APPLICATION)
            session.add(stored)
        stored.value, stored.updated_at, stored.updated_by = {"keys": sorted(keys)}, now, staff.id
        await note(session, by=staff.id, deed="benefit.mark", subject=key, at=now)
    return await list_entitlements(rt)


async def make_list(rt: Runtime, *, key: str, year: int, region: str, staff: Staff) -> dict[str, Any]:
    """Finds everybody who fits by the records; whoever stands in a list of that year already is left out."""
    row = entitlement(key)
    check_place(staff, check_region(region))
    if row is None or not (covers(row.region, region) or covers(region, row.region)):
        raise Refusal("unknown_entitlement", "没有找到这项待遇，或它不属于所选地区，请重新选择。", status=422)
    faqs = await knowledge.current_answers(rt)
    if row.faq not in faqs or not still_says(faqs[row.faq], row):
        raise Refusal("changed", "这项待遇的标准刚有更新，先请编辑核对后再生成名单。", status=409)
    now = rt.clock.now()
    where = within(Talent.region, region) & within(Talent.region, row.region)
    fitting = await _fitting(rt, row=row, where=where, today=today_of(rt))
    async with rt.db.write() as session:
        if key not in await without_application(session):
            raise Refusal(
                "needs_application", "这项待遇需要本人或单位申请，不能生成免申即享名单。", status=409
            )
        listed = set((await session.scalars(_listed(key=key, year=year, but=None))).all())
        made = BenefitList(
            entitlement=key,
            title=row.title,
            year=year,
            region=region,
            status=OPEN,
            made_by=staff.id,
            made_at=now,
        )
        session.add(made)
        await session.flush()
        session.add_all(
            BenefitListRow(list_id=made.id, talent_id=talent_id, reason=reason, status=OPEN)
            for talent_id, reason in fitting
            if talent_id not in listed
        )
        await note(session, by=staff.id, deed="benefit.list", subject=made.id, at=now)
        await session.flush()
        counts = await _counts(session, [made.id])
    return list_view(made, counts.get(made.id, {}))


async def lists(rt: Runtime, *, staff: Staff) -> list[dict[str, Any]]:
    async with rt.db.read() as session:
        rows = list(
            await session.scalars(
                select(BenefitList)
                .where(in_reach(staff, BenefitList.region))
                .order_by(BenefitList.made_at.desc(), BenefitList.id)
                .limit(200)
            )
        )
        counts = await _counts(session, [row.id for row in rows])
    return [list_view(row, counts.get(row.id, {})) for row in rows]


async def read_list(rt: Runtime, *, list_id: str, staff: Staff) -> dict[str, Any]:
    async with rt.db.read() as session:
        made = await _access(session, list_id, staff)
        rows = await session.execute(
            select(BenefitListRow, Talent)
            .join(Talent, Talent.id == BenefitListRow.talent_id)
            .where(BenefitListRow.list_id == made.id)
            .order_by(Talent.name, Talent.id)
        )
        counts = await _counts(session, [made.id])
        shown = [
            {
                "id": row.id,
                "talent_id": talent.id,
                "name": talent.name,
                "id_hint": talent.id_hint,
                "region_name": region_name(talent.region),
                "reason": row.reason,
                "status": row.status,
                "why": row.why,
            }
            for row, talent in rows
        ]
    return list_view(made, counts.get(made.id, {})) | {"rows": shown}


async def decide_rows(
    rt: Runtime, *, list_id: str, rows: list[str], status: str, why: str | None, staff: Staff
) -> dict[str, Any]:
    async with rt.db.write() as session:
        made = await _access(session, list_id, staff, lock=True)
        if made.status != OPEN:
            raise Refusal("not_now", f"这份名单{made.status}，不能再修改。", status=409)
        await session.execute(
            update(BenefitListRow)
            .where(BenefitListRow.list_id == made.id, BenefitListRow.id.in_(rows))
            .values(status=status, why=why if status == STRUCK else None, by=staff.id)
        )
        deed = "benefit.confirm" if status == CONFIRMED else "benefit.strike"
        await note(session, by=staff.id, deed=deed, subject=made.id, at=rt.clock.now())
    return await read_list(rt, list_id=list_id, staff=staff)


async def publish(rt: Runtime, *, list_id: str, staff: Staff) -> dict[str, Any]:
    """Once every row is decided; each who was confirmed is told in their chats, once."""
    now = rt.clock.now()
    async with rt.db.write() as session:
        made = await _access(session, list_id, staff)
        # Two lists made at the same moment may hold the same person: who was published first counts.
        await session.execute(
            select(BenefitList.id)
            .where(BenefitList.entitlement == made.entitlement, BenefitList.year == made.year)
            .order_by(BenefitList.id)
            .with_for_update()
        )
        await session.refresh(made)
        if made.status != OPEN:
            raise Refusal("not_now", f"这份名单{made.status}，不能再公布。", status=409)
        await session.execute(
            update(BenefitListRow)
            .where(
                BenefitListRow.list_id == made.id,
                BenefitListRow.talent_id.in_(_listed(key=made.entitlement, year=made.year, but=made.id)),
            )
            .values(status=STRUCK, why=sentence("benefits.listed_already"), by=staff.id)
        )
        counts = (await _counts(session, [made.id])).get(made.id, {})
        if counts.get(OPEN):
            raise Refusal("rows_open", f"还有 {counts[OPEN]} 人没有确认或剔除，处理完再公布。", status=409)
        if not counts.get(CONFIRMED):
            raise Refusal("nobody", "名单里没有已确认的人，不能公布。", status=409)
        made.status, made.published_by, made.published_at = PUBLISHED, staff.id, now
        told = []
        text = sentence("benefits.published", title=made.title, year=made.year)
        chosen = select(BenefitListRow).where(
            BenefitListRow.list_id == made.id, BenefitListRow.status == CONFIRMED
        )
        for row in await session.scalars(chosen.order_by(BenefitListRow.talent_id)):
            key = f"benefit:{row.id}"
            told.append(
                await notify(
                    session, rt, talent_id=row.talent_id, kind="benefit", once_key=key, text=text, sms=True
                )
            )
        await note(session, by=staff.id, deed="benefit.publish", subject=made.id, at=now)
    tell_after(rt, *told)
    return await read_list(rt, list_id=list_id, staff=staff)


async def void(rt: Runtime, *, list_id: str, staff: Staff) -> dict[str, Any]:
    """A list not yet published is given up."""
    async with rt.db.write() as session:
        made = await _access(session, list_id, staff, lock=True)
        if made.status != OPEN:
            raise Refusal("not_now", f"这份名单{made.status}，不能作废。", status=409)
        made.status = VOID
        await note(session, by=staff.id, deed="benefit.void", subject=made.id, at=rt.clock.now())
    return await read_list(rt, list_id=list_id, staff=staff)


def list_view(row: BenefitList, counts: dict[str, int]) -> dict[str, Any]:
    names = ("id", "entitlement", "title", "year", "region", "status", "made_at", "published_at")
    rule = entitlement(row.entitlement)
    return {name: getattr(row, name) for name in names} | {
        "line": rule.line if rule else "",  # several rules have one title
        "region_name": region_name(row.region),
        "open": counts.get(OPEN, 0),
        "confirmed": counts.get(CONFIRMED, 0),
        "struck": counts.get(STRUCK, 0),
    }


async def _fitting(
    rt: Runtime, *, row: Entitlement, where: ColumnElement[bool], today: date
) -> list[tuple[str, str]]:
    """Talent and reason of all whose record leaves nothing open."""
    catalogue, found = shipped_catalogue(), []
    async with rt.db.read() as session:
        records = await records_where(session, where)
    for record in records:
        weighed = entitled_to(
            record, catalogue=catalogue, usable=[row.faq], lexicon=lexicon(), today=today, rows=[row]
        )
        found += [
            (record.talent.id, "；".join(one.reasons)) for one in weighed if one.standing is Standing.FITS
        ]
    return found


def _listed(*, key: str, year: int, but: str | None) -> Select[str]:
    """Talents in other lists of the same benefit and year."""
    return (
        select(BenefitListRow.talent_id)
        .join(BenefitList, BenefitList.id == BenefitListRow.list_id)
        .where(
            BenefitList.entitlement == key,
            BenefitList.year == year,
            BenefitList.status == PUBLISHED if but else BenefitList.status != VOID,
            BenefitList.id != but if but else true(),
            BenefitListRow.status != STRUCK,
        )
    )


async def _counts(session: AsyncSession, ids: list[str]) -> dict[str, dict[str, int]]:
    rows = await session.execute(
        select(BenefitListRow.list_id, BenefitListRow.status, func.count())
        .where(BenefitListRow.list_id.in_(ids))
        .group_by(BenefitListRow.list_id, BenefitListRow.status)
    )
    found: dict[str, dict[str, int]] = {}
    for list_id, status, count in rows:
        found.setdefault(list_id, {})[status] = count
    return found


async def _access(session: AsyncSession, list_id: str, staff: Staff, *, lock: bool = False) -> BenefitList:
    chosen = select(BenefitList).where(BenefitList.id == list_id, in_reach(staff, BenefitList.region))
    row = await session.scalar(chosen.with_for_update() if lock else chosen)
    if row is None:
        raise Refusal("not_found", "没有找到这份名单，请刷新后再看。", status=404)
    return row
