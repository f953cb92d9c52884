"""HTTP of the desk's settings under /api/desk/manage."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from bot.accounts.permissions import Staff, require
from bot.accounts.service import names_of
from bot.conversation.triggers import list_triggers
from bot.desk.calendar import Calendar
from bot.desk.manage import calendars, labels, levels, phrases, seats, teams, triggers
from bot.desk.manage.calendars import CalendarEdit
from bot.desk.manage.levels import LevelEdit
from bot.desk.manage.phrases import PhraseEdit
from bot.desk.manage.seats import SeatEdit, SeatRow
from bot.desk.manage.settings_schemas import (
    CalendarBody,
    CalendarsView,
    CalendarView,
    LabelBody,
    LabelsView,
    LabelView,
    LevelBody,
    LevelsView,
    LevelView,
    PhraseBody,
    PhrasesView,
    PhraseView,
    PreviewView,
    SeatBody,
    SeatsView,
    SeatView,
    TeamBody,
    TeamsView,
    TeamView,
    TriggerBody,
    TriggersView,
    TriggerView,
)
from bot.desk.manage.sla import Targets
from bot.desk.manage.sla_clock import EVERY_TEAM
from bot.desk.manage.teams import TeamEdit
from bot.desk.manage.triggers import TriggerEdit
from bot.desk.models import Kind, SeatStatus, WorkCalendar
from bot.desk.routing import level_of
from bot.edge.request import runtime_of
from bot.runtime import Runtime

router = APIRouter(prefix="/api/desk/manage", tags=["manage"])

Keeper = Annotated[Staff, Depends(require("desk.settings"))]
RowId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
LevelOf = Annotated[str, Path(pattern=r"^([0-9a-f]{32}|default)$")]


@router.get("/teams")
async def list_teams(staff: Keeper, request: Request) -> TeamsView:
    found = await teams.list_teams(runtime_of(request), staff=staff)
    return TeamsView(teams=[TeamView.model_validate(team) for team in found])


@router.post("/teams", status_code=201)
async def add_team(body: TeamBody, staff: Keeper, request: Request) -> TeamView:
    edit = TeamEdit(**body.model_dump())
    return TeamView.model_validate(
        await teams.save_team(runtime_of(request), team_id=None, edit=edit, staff=staff)
    )


@router.put("/teams/{team_id}")
async def change_team(team_id: RowId, body: TeamBody, staff: Keeper, request: Request) -> TeamView:
    edit = TeamEdit(**body.model_dump())
    return TeamView.model_validate(
        await teams.save_team(runtime_of(request), team_id=team_id, edit=edit, staff=staff)
    )


@router.get("/calendars")
async def list_calendars(_staff: Keeper, request: Request) -> CalendarsView:
    rt = runtime_of(request)
    found = await calendars.list_calendars(rt)
    return CalendarsView(calendars=[_calendar(rt, row, used) for row, used in found])


@router.post("/calendars", status_code=201)
async def add_calendar(body: CalendarBody, staff: Keeper, request: Request) -> CalendarView:
    rt = runtime_of(request)
    edit = CalendarEdit(**body.model_dump())
    return _calendar(rt, await calendars.save_calendar(rt, calendar_id=None, edit=edit, staff=staff), 0)


@router.put("/calendars/{calendar_id}")
async def change_calendar(
    calendar_id: RowId, body: CalendarBody, staff: Keeper, request: Request
) -> CalendarView:
    rt = runtime_of(request)
    edit = CalendarEdit(**body.model_dump())
    row = await calendars.save_calendar(rt, calendar_id=calendar_id, edit=edit, staff=staff)
    return _calendar(rt, row, 0)


@router.post("/calendars/preview")
async def preview_calendar(body: CalendarBody, _staff: Keeper, request: Request) -> PreviewView:
    """What the hours on the page come to, before they are saved."""
    calendar = calendars.check_calendar(CalendarEdit(**body.model_dump()))
    return PreviewView.model_validate(calendars.preview(calendar, now=runtime_of(request).clock.now()))


def _calendar(rt: Runtime, row: WorkCalendar, used: int) -> CalendarView:
    found = calendars.preview(Calendar.of(row), now=rt.clock.now())
    view = CalendarView.model_validate(row)
    return view.model_copy(update={"teams": used, "preview": PreviewView.model_validate(found)})


@router.get("/seats")
async def list_seats(staff: Keeper, request: Request) -> SeatsView:
    rows = await seats.list_seats(runtime_of(request), staff=staff)
    return SeatsView(seats=[_seat(row) for row in rows])


@router.put("/seats/{staff_id}")
async def change_seat(staff_id: RowId, body: SeatBody, staff: Keeper, request: Request) -> SeatView:
    edit = SeatEdit(**body.model_dump())
    return _seat(await seats.save_seat(runtime_of(request), staff_id=staff_id, edit=edit, staff=staff))


def _seat(row: SeatRow) -> SeatView:
    account, seat = row
    return SeatView(
        staff_id=account.id,
        name=account.name,
        username=account.username,
        region=account.region,
        team_id=account.team_id,
        set_up=seat is not None,
        level=seat.level if seat else level_of(account.region),
        kind=seat.kind if seat else Kind.WINDOW,
        categories=seat.categories if seat else [],
        languages=seat.languages if seat else [],
        skills=seat.skills if seat else [],
        capacity=seat.capacity if seat else 5,
        status=seat.status if seat else SeatStatus.OFFLINE,
        updated_at=account.updated_at,
    )


@router.get("/triggers")
async def show_triggers(_staff: Keeper, request: Request) -> TriggersView:
    rt = runtime_of(request)
    rows = await list_triggers(rt)
    names = await names_of(rt, staff_ids=[row["updated_by"] for row in rows])
    return TriggersView(triggers=[_trigger(row, names) for row in rows])


@router.put("/triggers/{key}")
async def change_trigger(
    key: Annotated[str, Path(max_length=32)], body: TriggerBody, staff: Keeper, request: Request
) -> TriggerView:
    rt = runtime_of(request)
    saved = await triggers.change_trigger(rt, key=key, edit=TriggerEdit(**body.model_dump()), staff=staff)
    return _trigger(saved, {staff.id: staff.name})


def _trigger(row: dict[str, Any], names: dict[str, str]) -> TriggerView:
    return TriggerView.model_validate(row | {"updated_by_name": names.get(row["updated_by"] or "")})


@router.get("/levels")
async def list_levels(_staff: Keeper, request: Request) -> LevelsView:
    found = await levels.list_levels(runtime_of(request))
    return LevelsView(levels=[LevelView.model_validate(level) for level in found])


@router.put("/levels/{team_id}")
async def change_level(team_id: LevelOf, body: LevelBody, staff: Keeper, request: Request) -> LevelView:
    """`default` is the row for every team without one of its own."""
    values = body.model_dump()
    updated_at = values.pop("updated_at")
    saved = await levels.save_level(
        runtime_of(request),
        team_id=_team_of(team_id),
        edit=LevelEdit(Targets(**values), updated_at),
        staff=staff,
    )
    return LevelView.model_validate(saved)


@router.delete("/levels/{team_id}", status_code=204)
async def drop_level(team_id: RowId, staff: Keeper, request: Request) -> Response:
    await levels.drop_level(runtime_of(request), team_id=team_id, staff=staff)
    return Response(status_code=204)


def _team_of(part: str) -> str:
    return EVERY_TEAM if part == "default" else part


@router.get("/labels")
async def list_labels(_staff: Keeper, request: Request) -> LabelsView:
    found = await labels.list_labels(runtime_of(request))
    return LabelsView(labels=[LabelView.model_validate(label) for label in found])


@router.post("/labels", status_code=201)
async def add_label(body: LabelBody, staff: Keeper, request: Request) -> LabelView:
    return LabelView.model_validate(
        await labels.save_label(runtime_of(request), label_id=None, **body.model_dump(), staff=staff)
    )


@router.put("/labels/{label_id}")
async def change_label(label_id: RowId, body: LabelBody, staff: Keeper, request: Request) -> LabelView:
    return LabelView.model_validate(
        await labels.save_label(runtime_of(request), label_id=label_id, **body.model_dump(), staff=staff)
    )


@router.get("/phrases")
async def list_phrases(staff: Keeper, request: Request) -> PhrasesView:
    found = await phrases.list_phrases(runtime_of(request), staff=staff)
    return PhrasesView(phrases=[PhraseView.model_validate(phrase) for phrase in found])


@router.post("/phrases", status_code=201)
async def add_phrase(body: PhraseBody, staff: Keeper, request: Request) -> PhraseView:
    edit = PhraseEdit(**body.model_dump())
    return PhraseView.model_validate(
        await phrases.save_phrase(runtime_of(request), phrase_id=None, edit=edit, staff=staff)
    )


@router.put("/phrases/{phrase_id}")
async def change_phrase(phrase_id: RowId, body: PhraseBody, staff: Keeper, request: Request) -> PhraseView:
    edit = PhraseEdit(**body.model_dump())
    return PhraseView.model_validate(
        await phrases.save_phrase(runtime_of(request), phrase_id=phrase_id, edit=edit, staff=staff)
    )


@router.delete("/phrases/{phrase_id}", status_code=204)
async def drop_phrase(phrase_id: RowId, staff: Keeper, request: Request) -> Response:
    await phrases.drop_phrase(runtime_of(request), phrase_id=phrase_id, staff=staff)
    return Response(status_code=204)
