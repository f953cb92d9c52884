"""HTTP of departments, windows, employers, institutions, providers and settings under /api/office."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import StringConstraints

from bot.accounts.permissions import Staff, require
from bot.edge.request import Rt
from bot.talent import directory, organisations
from bot.talent.network_models import Employer, Institution, Provider
from bot.talent.schemas import (
    DepartmentBody,
    EmployerBody,
    InstitutionBody,
    Key,
    ProviderBody,
    SettingBody,
    WindowBody,
)
from bot.talent.settings import list_settings, save_setting

router = APIRouter(prefix="/api/office", tags=["directory"])

Reader = Annotated[Staff, Depends(require("talent.read"))]
Editor = Annotated[Staff, Depends(require("talent.edit"))]
Keeper = Annotated[Staff, Depends(require("desk.settings"))]
KeyPath = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]
FigureKey = Annotated[str, Path(pattern=r"^[a-z_]{3,48}$")]
RowId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Page = Annotated[int, Query(ge=1, le=100_000)]
Words = Annotated[str, Query(max_length=64)]
Place = Annotated[str | None, Query(pattern=r"^\d{6}$")]
KindName = Annotated[str | None, Query(max_length=16)]
Seen = Annotated[str, StringConstraints(max_length=40)]


class EmployerChange(EmployerBody):
    updated_at: Seen


class InstitutionChange(InstitutionBody):
    updated_at: Seen


class ProviderChange(ProviderBody):
    updated_at: Seen


class NewDepartment(DepartmentBody):
    key: Key


class NewWindow(WindowBody):
    key: Key


@router.get("/departments")
async def list_departments(staff: Reader, rt: Rt) -> dict[str, Any]:
    async with rt.db.read() as session:
        rows = await directory.list_departments(session)
    return {"total": len(rows), "page_size": len(rows), "rows": rows}


@router.post("/departments", status_code=201)
async def add_department(body: NewDepartment, staff: Editor, rt: Rt) -> dict[str, Any]:
    plain = DepartmentBody.model_validate(body.model_dump(exclude={"key"}))
    return await directory.save_department(rt, key=body.key, body=plain, new=True, staff=staff)


@router.put("/departments/{key}")
async def change_department(key: KeyPath, body: DepartmentBody, staff: Editor, rt: Rt) -> dict[str, Any]:
    return await directory.save_department(rt, key=key, body=body, new=False, staff=staff)


@router.get("/windows")
async def list_windows(staff: Reader, rt: Rt) -> dict[str, Any]:
    async with rt.db.read() as session:
        rows = await directory.list_windows(session)
    return {"total": len(rows), "page_size": len(rows), "rows": rows}


@router.post("/windows", status_code=201)
async def add_window(body: NewWindow, staff: Editor, rt: Rt) -> dict[str, Any]:
    plain = WindowBody.model_validate(body.model_dump(exclude={"key"}))
    return await directory.save_window(rt, key=body.key, body=plain, new=True, staff=staff)


@router.put("/windows/{key}")
async def change_window(key: KeyPath, body: WindowBody, staff: Editor, rt: Rt) -> dict[str, Any]:
    return await directory.save_window(rt, key=key, body=body, new=False, staff=staff)


@router.get("/employers")
async def list_employers(
    staff: Reader, rt: Rt, query: Words = "", region: Place = None, kind: KindName = None, page: Page = 1
) -> dict[str, Any]:
    return await organisations.find(
        rt, Employer, staff=staff, query=query, region=region, kind=kind, page=page
    )


@router.post("/employers", status_code=201)
async def add_employer(body: EmployerBody, staff: Editor, rt: Rt) -> dict[str, Any]:
    return await organisations.save(rt, Employer, row_id=None, body=body, staff=staff)


@router.put("/employers/{row_id}")
async def change_employer(row_id: RowId, body: EmployerChange, staff: Editor, rt: Rt) -> dict[str, Any]:
    return await organisations.save(rt, Employer, row_id=row_id, body=body, staff=staff, seen=body.updated_at)


@router.get("/institutions")
async def list_institutions(
    staff: Reader, rt: Rt, query: Words = "", region: Place = None, kind: KindName = None, page: Page = 1
) -> dict[str, Any]:
    return await organisations.find(
        rt, Institution, staff=staff, query=query, region=region, kind=kind, page=page
    )


@router.post("/institutions", status_code=201)
async def add_institution(body: InstitutionBody, staff: Editor, rt: Rt) -> dict[str, Any]:
    return await organisations.save(rt, Institution, row_id=None, body=body, staff=staff)


@router.put("/institutions/{row_id}")
async def change_institution(row_id: RowId, body: InstitutionChange, staff: Editor, rt: Rt) -> dict[str, Any]:
    return await organisations.save(
        rt, Institution, row_id=row_id, body=body, staff=staff, seen=body.updated_at
    )


@router.get("/providers")
async def list_providers(
    staff: Reader, rt: Rt, query: Words = "", region: Place = None, kind: KindName = None, page: Page = 1
) -> dict[str, Any]:
    return await organisations.find(
        rt, Provider, staff=staff, query=query, region=region, kind=kind, page=page
    )


@router.post("/providers", status_code=201)
async def add_provider(body: ProviderBody, staff: Editor, rt: Rt) -> dict[str, Any]:
    return await organisations.save(rt, Provider, row_id=None, body=body, staff=staff)


@router.put("/providers/{row_id}")
async def change_provider(row_id: RowId, body: ProviderChange, staff: Editor, rt: Rt) -> dict[str, Any]:
    return await organisations.save(rt, Provider, row_id=row_id, body=body, staff=staff, seen=body.updated_at)


@router.get("/settings")
async def read_settings(staff: Reader, rt: Rt) -> dict[str, Any]:
    rows = await list_settings(rt)
    return {"total": len(rows), "page_size": len(rows), "rows": rows}


@router.put("/settings/{key}")
async def change_setting(key: FigureKey, body: SettingBody, staff: Keeper, rt: Rt) -> dict[str, Any]:
    return await save_setting(rt, key=key, value=body.value, seen=body.seen, staff=staff)
