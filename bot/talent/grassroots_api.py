"""HTTP of grass-roots service under /api/office/grassroots: programmes, projects, days, plan, events."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query

from bot.accounts.permissions import Staff, require
from bot.edge.request import Rt
from bot.talent import events, participations, plan, programmes, projects, service_days
from bot.talent.grassroots_schemas import (
    AchievementBody,
    BaseBody,
    CalendarBody,
    FigureBody,
    NoteBody,
    ProjectBody,
    RemindBody,
    ServiceDaysBody,
    TalentBody,
)

router = APIRouter(prefix="/api/office/grassroots", tags=["grassroots"])

Reader = Annotated[Staff, Depends(require("talent.read"))]
Editor = Annotated[Staff, Depends(require("grassroots.edit"))]
RowId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Page = Annotated[int, Query(ge=1, le=100_000)]
Word = Annotated[str | None, Query(min_length=1, max_length=64)]
RegionCode = Annotated[str | None, Query(pattern=r"^\d{6}$")]
YearOf = Annotated[int, Query(ge=2000, le=2100)]
PathYear = Annotated[int, Path(ge=2000, le=2100)]
FigureKey = Annotated[str, Path(pattern=r"^[a-z-]{1,24}$")]
Rows = dict[str, Any]


@router.get("/programmes")
async def list_programmes(rt: Rt, staff: Reader) -> Rows:
    return await programmes.list_programmes(rt, staff=staff)


@router.get("/projects")
async def list_projects(
    rt: Rt,
    staff: Reader,
    programme: Word = None,
    status: Word = None,
    region: RegionCode = None,
    field: Word = None,
    query: Word = None,
    page: Page = 1,
) -> Rows:
    return await projects.list_projects(
        rt,
        staff=staff,
        programme=programme,
        status=status,
        region=region,
        field=field,
        query=query,
        page=page,
    )


@router.post("/projects")
async def add_project(rt: Rt, staff: Editor, body: ProjectBody) -> Rows:
    return await projects.save_project(rt, body=body, staff=staff)


@router.get("/projects/{row_id}")
async def read_project(rt: Rt, staff: Reader, row_id: RowId) -> Rows:
    return await projects.read_project(rt, project_id=row_id, staff=staff)


@router.put("/projects/{row_id}")
async def change_project(rt: Rt, staff: Editor, row_id: RowId, body: ProjectBody) -> Rows:
    return await projects.save_project(rt, body=body, staff=staff, project_id=row_id)


@router.get("/projects/{row_id}/candidates")
async def project_candidates(rt: Rt, staff: Editor, row_id: RowId) -> Rows:
    return {"rows": await participations.project_candidates(rt, project_id=row_id, staff=staff)}


@router.post("/projects/{row_id}/participations")
async def recommend(rt: Rt, staff: Editor, row_id: RowId, body: TalentBody) -> Rows:
    return await participations.recommend(rt, project_id=row_id, talent_id=body.talent_id, staff=staff)


@router.post("/projects/{row_id}/notes")
async def add_note(rt: Rt, staff: Editor, row_id: RowId, body: NoteBody) -> Rows:
    return await projects.add_note(rt, project_id=row_id, kind=body.kind, text=body.text, staff=staff)


@router.post("/projects/{row_id}/{event}")
async def move_project(
    rt: Rt,
    staff: Editor,
    row_id: RowId,
    event: Literal["publish", "withdraw", "start", "finish", "cancel"],
) -> Rows:
    return await projects.move_project(rt, project_id=row_id, event=event, staff=staff)


@router.post("/participations/{row_id}/{event}")
async def move_participation(
    rt: Rt,
    staff: Editor,
    row_id: RowId,
    event: Literal["recommend", "confirm", "complete", "refuse", "leave"],
) -> Rows:
    return await participations.move_participation(rt, participation_id=row_id, event=event, staff=staff)


@router.get("/service-days")
async def list_days(
    rt: Rt, staff: Reader, year: YearOf, lacking: bool = False, query: Word = None, page: Page = 1
) -> Rows:
    return await service_days.list_days(rt, staff=staff, year=year, lacking=lacking, query=query, page=page)


@router.get("/service-days/{row_id}")
async def read_days(rt: Rt, staff: Reader, row_id: RowId, year: YearOf) -> Rows:
    return {"rows": await service_days.read_days(rt, talent_id=row_id, year=year, staff=staff)}


@router.post("/service-days")
async def register_days(rt: Rt, staff: Editor, body: ServiceDaysBody) -> Rows:
    return await service_days.register_days(rt, body=body, staff=staff)


@router.post("/service-days/remind")
async def remind(rt: Rt, staff: Editor, body: RemindBody) -> Rows:
    told = await service_days.remind(rt, year=body.year, talents=body.talents, staff=staff)
    return {"told": told}


@router.post("/service-days/{row_id}/confirm")
async def confirm_days(rt: Rt, staff: Editor, row_id: RowId) -> Rows:
    return await service_days.confirm_days(rt, row_id=row_id, staff=staff)


@router.delete("/service-days/{row_id}", status_code=204)
async def drop_days(rt: Rt, staff: Editor, row_id: RowId) -> None:
    await service_days.drop_days(rt, row_id=row_id, staff=staff)


@router.get("/plan")
async def read_plan(rt: Rt, staff: Reader, year: YearOf) -> Rows:
    return {"rows": await plan.plan_of(rt, year=year)}


@router.put("/plan/{year}/{key}")
async def save_figure(rt: Rt, staff: Editor, year: PathYear, key: FigureKey, body: FigureBody) -> Rows:
    rows = await plan.save_figure(rt, year=year, key=key, planned=body.planned, staff=staff)
    return {"rows": rows}


@router.post("/plan/{year}/{key}/achievements")
async def add_achievement(
    rt: Rt, staff: Editor, year: PathYear, key: FigureKey, body: AchievementBody
) -> Rows:
    return {"rows": await plan.add_achievement(rt, year=year, key=key, name=body.name, staff=staff)}


@router.delete("/plan/achievements/{row_id}")
async def drop_achievement(rt: Rt, staff: Editor, row_id: RowId) -> Rows:
    return {"rows": await plan.drop_achievement(rt, achievement_id=row_id, staff=staff)}


@router.get("/calendar")
async def list_events(rt: Rt, staff: Reader, published: bool | None = None, page: Page = 1) -> Rows:
    return await events.list_events(rt, staff=staff, published=published, page=page)


@router.post("/calendar")
async def add_event(rt: Rt, staff: Editor, body: CalendarBody) -> Rows:
    return await events.save_event(rt, body=body, staff=staff)


@router.put("/calendar/{row_id}")
async def change_event(rt: Rt, staff: Editor, row_id: RowId, body: CalendarBody) -> Rows:
    return await events.save_event(rt, body=body, staff=staff, event_id=row_id)


@router.post("/calendar/{row_id}/{event}")
async def show_event(rt: Rt, staff: Editor, row_id: RowId, event: Literal["publish", "withdraw"]) -> Rows:
    return await events.show_event(rt, event_id=row_id, published=event == "publish", staff=staff)


@router.get("/calendar/{row_id}/sign-ups")
async def list_sign_ups(rt: Rt, staff: Reader, row_id: RowId) -> Rows:
    return {"rows": await events.list_sign_ups(rt, event_id=row_id, staff=staff)}


@router.get("/bases")
async def list_bases(
    rt: Rt,
    staff: Reader,
    region: RegionCode = None,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
) -> Rows:
    return {"rows": await events.list_bases(rt, staff=staff, region=region, year=year)}


@router.post("/bases")
async def add_base(rt: Rt, staff: Editor, body: BaseBody) -> Rows:
    return await events.add_base(rt, body=body, staff=staff)
