"""HTTP of the talent database under /api/office/talents."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.permissions import Staff, require
from bot.accounts.service import audit
from bot.desk.chat_specialist import candidates
from bot.edge.request import runtime_of
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent import service
from bot.talent.assignments import assign
from bot.talent.cards import today_of
from bot.talent.listing import TalentFilters
from bot.talent.options import options
from bot.talent.reading import record_view
from bot.talent.schemas import (
    CardBody,
    CardChangeBody,
    FindBody,
    ProgrammeBody,
    SpecialistBody,
    TalentBody,
    TierBody,
    UnmaskBody,
)
from bot.talent.scope import check_place

router = APIRouter(prefix="/api/office/talents", tags=["talents"])

Reader = Annotated[Staff, Depends(require("talent.read"))]
Editor = Annotated[Staff, Depends(require("talent.edit"))]
Opener = Annotated[Staff, Depends(require("desk.unmask"))]
Lead = Annotated[Staff, Depends(require("desk.lead"))]
TalentId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Page = Annotated[int, Query(ge=1, le=100_000)]
Short = Annotated[str | None, Query(max_length=64)]
RowId = Annotated[str | None, Query(pattern=r"^([0-9a-f]{32}|none)$")]


def filters_of(
    region: Annotated[str | None, Query(pattern=r"^\d{6}$")] = None,
    tier: Short = None,
    card: Short = None,
    employer: Annotated[str | None, Query(pattern=r"^[0-9a-f]{32}$")] = None,
    education: Short = None,
    industry: Short = None,
    specialist: RowId = None,
    expert: bool | None = None,
    sample: bool | None = None,
) -> TalentFilters:
    return TalentFilters(region, tier, card, employer, education, industry, specialist, expert, sample)


Filters = Annotated[TalentFilters, Depends(filters_of)]
Words = Annotated[str, Query(max_length=64)]


@router.get("")
async def list_talents(
    staff: Reader, request: Request, filters: Filters, query: Words = "", page: Page = 1
) -> dict[str, Any]:
    found = await service.find_talents(
        runtime_of(request), staff=staff, query=query, filters=filters, page=page
    )
    return found.view


@router.get("/options")
async def list_options(staff: Reader, request: Request) -> dict[str, Any]:
    """What the page's lists to choose from hold."""
    async with runtime_of(request).db.read() as session:
        return await options(session)


@router.post("/find")
async def find(body: FindBody, staff: Reader, request: Request) -> dict[str, Any]:
    rt = runtime_of(request)
    async with rt.db.write() as session:
        rows = await service.find_by_number(session, rt, staff=staff, value=body.value)
        await audit(
            session,
            staff_id=staff.id,
            action="talent.find",
            subject="-",
            detail={"found": len(rows)},
            at=rt.clock.now(),
        )
    return {"total": len(rows), "page_size": len(rows), "rows": rows}


@router.post("", status_code=201)
async def create(body: TalentBody, staff: Editor, request: Request) -> dict[str, Any]:
    return await _save(runtime_of(request), talent_id=None, body=body, staff=staff)


@router.get("/{talent_id}")
async def read(talent_id: TalentId, staff: Reader, request: Request) -> dict[str, Any]:
    rt = runtime_of(request)
    now = rt.clock.now()
    async with rt.db.write() as session:
        await service.access_talent(session, talent_id=talent_id, staff=staff)
        await audit(
            session,
            staff_id=staff.id,
            action="talent.view",
            subject=talent_id,
            at=now,
            once_key=f"talent.view:{staff.id}:{talent_id}:{now:%Y%m%d%H}",
        )
    return await _view(rt, talent_id)


@router.put("/{talent_id}")
async def change(talent_id: TalentId, body: TalentBody, staff: Editor, request: Request) -> dict[str, Any]:
    if body.revision is None:
        raise Refusal("changed_meanwhile", "请刷新后再改：缺少档案的版本号。", status=409)
    return await _save(runtime_of(request), talent_id=talent_id, body=body, staff=staff)


@router.post("/{talent_id}/unmask")
async def unmask(
    talent_id: TalentId, body: UnmaskBody, staff: Opener, request: Request
) -> dict[str, str | None]:
    rt = runtime_of(request)
    async with rt.db.write() as session:
        return await service.clear_values(
            session, rt, talent_id=talent_id, staff=staff, fields=list(body.fields)
        )


@router.post("/{talent_id}/tiers", status_code=201)
async def add_tier(talent_id: TalentId, body: TierBody, staff: Editor, request: Request) -> dict[str, Any]:
    rt = runtime_of(request)
    async with rt.db.write() as session:
        await _access_to_change(session, talent_id, staff)
        await service.add_tier(session, rt, talent_id=talent_id, tier=body, by=staff.id)
    return await _view(rt, talent_id)


@router.post("/{talent_id}/programmes", status_code=201)
async def add_programme(
    talent_id: TalentId, body: ProgrammeBody, staff: Editor, request: Request
) -> dict[str, Any]:
    rt = runtime_of(request)
    async with rt.db.write() as session:
        await _access_to_change(session, talent_id, staff)
        await service.add_programme(session, rt, talent_id=talent_id, programme=body, by=staff.id)
    return await _view(rt, talent_id)


@router.post("/{talent_id}/cards", status_code=201)
async def issue_card(talent_id: TalentId, body: CardBody, staff: Editor, request: Request) -> dict[str, Any]:
    rt = runtime_of(request)
    async with rt.db.write() as session:
        await _access_to_change(session, talent_id, staff)
        await service.issue_card(session, rt, talent_id=talent_id, card=body, by=staff.id)
    return await _view(rt, talent_id)


@router.put("/{talent_id}/cards/{card_id}")
async def change_card(
    talent_id: TalentId, card_id: TalentId, body: CardChangeBody, staff: Editor, request: Request
) -> dict[str, Any]:
    rt = runtime_of(request)
    async with rt.db.write() as session:
        await _access_to_change(session, talent_id, staff)
        await service.change_card(
            session,
            rt,
            talent_id=talent_id,
            card_id=card_id,
            status=body.status,
            reason=body.reason,
            by=staff.id,
        )
    return await _view(rt, talent_id)


@router.post("/{talent_id}/specialist")
async def change_specialist(
    talent_id: TalentId, body: SpecialistBody, staff: Lead, request: Request
) -> dict[str, Any]:
    """By a lead, to somebody who may be one."""
    rt = runtime_of(request)
    async with rt.db.write() as session:
        await service.access_talent(session, talent_id=talent_id, staff=staff)
        if body.staff_id not in {one.staff_id for one in await candidates(session)}:
            raise Refusal("no_such_staff", "这位同事没有坐席，不能做责任专员，请选别的同事。", status=404)
        await assign(session, rt, talent_id=talent_id, staff_id=body.staff_id, by=staff.id, why=body.reason)
    rt.hints.notify("desk")
    return await _view(rt, talent_id)


async def _save(rt: Runtime, *, talent_id: str | None, body: TalentBody, staff: Staff) -> dict[str, Any]:
    async with rt.db.write() as session:
        saved = await service.save_talent(
            session,
            rt,
            talent_id=talent_id,
            edit=body,
            staff=staff,
            revision=body.revision,
            why=body.why,
        )
        await audit(
            session,
            staff_id=staff.id,
            action="talent.save",
            subject=saved.id,
            detail={"revision": saved.revision},
            at=rt.clock.now(),
        )
    return await _view(rt, saved.id)


async def _access_to_change(session: AsyncSession, talent_id: str, staff: Staff) -> None:
    talent = await service.access_talent(session, talent_id=talent_id, staff=staff, lock=True)
    check_place(staff, talent.region)


async def _view(rt: Runtime, talent_id: str) -> dict[str, Any]:
    async with rt.db.read() as session:
        record = await service.read_talent(session, talent_id=talent_id)
        if record is None:
            raise Refusal("not_found", "没有找到这位人才，请刷新列表后重试。", status=404)
        return await record_view(session, record=record, today=today_of(rt))
