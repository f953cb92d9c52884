"""HTTP of what comes after a talk under /api/desk/manage: ratings, follow-ups, quality."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from bot.accounts.permissions import Staff, require
from bot.desk.access import scope_of
from bot.desk.manage import follow_ups, quality
from bot.desk.manage.api import First, Last
from bot.desk.manage.days import span
from bot.desk.manage.follow_ups import RatingFilter
from bot.desk.manage.quality import SampleWish
from bot.desk.manage.schemas import (
    AveragesView,
    CheckDetailView,
    ChecksView,
    CheckView,
    FollowUpsView,
    RatedView,
    RatingsView,
    ResultBody,
    ReviewBody,
    SampleBody,
    SampleView,
)
from bot.edge.request import runtime_of

router = APIRouter(prefix="/api/desk/manage", tags=["manage"])

Lead = Annotated[Staff, Depends(require("desk.lead"))]
Watcher = Annotated[Staff, Depends(require("desk.watch"))]
Inspector = Annotated[Staff, Depends(require("desk.quality"))]
Specialist = Annotated[Staff, Depends(require("desk.chat"))]
RowId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Page = Annotated[int, Query(ge=1, le=100_000)]
StaffId = Annotated[str | None, Query(alias="staff", pattern=r"^[0-9a-f]{32}$")]


@router.get("/ratings")
async def list_ratings(
    first: First,
    last: Last,
    staff: Watcher,
    request: Request,
    score: Annotated[int | None, Query(ge=1, le=5)] = None,
    commented: bool = False,
    page: Page = 1,
) -> RatingsView:
    since, until = span(first, last)
    which = RatingFilter(since, until, score, commented)
    found = await follow_ups.list_ratings(runtime_of(request), scope=scope_of(staff), which=which, page=page)
    return RatingsView.model_validate(found)


@router.get("/follow-ups")
async def list_follow_ups(staff: Lead, request: Request, done: bool = False, page: Page = 1) -> FollowUpsView:
    found = await follow_ups.list_follow_ups(runtime_of(request), scope=scope_of(staff), done=done, page=page)
    return FollowUpsView.model_validate(found)


@router.post("/follow-ups/{follow_up_id}/take")
async def take_follow_up(follow_up_id: RowId, staff: Lead, request: Request) -> RatedView:
    found = await follow_ups.take(runtime_of(request), follow_up_id=follow_up_id, staff=staff)
    return RatedView.model_validate(found)


@router.post("/follow-ups/{follow_up_id}/done")
async def finish_follow_up(follow_up_id: RowId, body: ResultBody, staff: Lead, request: Request) -> RatedView:
    found = await follow_ups.finish(
        runtime_of(request), follow_up_id=follow_up_id, result=body.result, staff=staff
    )
    return RatedView.model_validate(found)


@router.get("/quality/mine")
async def own_results(staff: Specialist, request: Request, page: Page = 1) -> ChecksView:
    found = await quality.own_results(runtime_of(request), staff=staff, page=page)
    return ChecksView.model_validate(found)


@router.get("/quality/averages")
async def show_averages(first: First, last: Last, staff: Inspector, request: Request) -> AveragesView:
    since, until = span(first, last)
    found = await quality.averages(runtime_of(request), staff=staff, since=since, until=until)
    return AveragesView.model_validate({"averages": found})


@router.post("/quality/sample")
async def draw_sample(body: SampleBody, staff: Inspector, request: Request) -> SampleView:
    since, until = span(body.first, body.last)
    wish = SampleWish(since, until, body.per_specialist, body.staff_id)
    return SampleView.model_validate(await quality.sample(runtime_of(request), wish=wish, staff=staff))


@router.get("/quality")
async def list_checks(
    staff: Inspector, request: Request, done: bool = False, page: Page = 1, of: StaffId = None
) -> ChecksView:
    found = await quality.list_checks(runtime_of(request), staff=staff, done=done, page=page, of_staff=of)
    return ChecksView.model_validate(found)


@router.get("/quality/{handover_id}")
async def show_check(handover_id: RowId, staff: Inspector, request: Request) -> CheckDetailView:
    return CheckDetailView.model_validate(
        await quality.view_check(runtime_of(request), handover_id=handover_id, staff=staff)
    )


@router.post("/quality/{handover_id}/review")
async def review(handover_id: RowId, body: ReviewBody, staff: Inspector, request: Request) -> CheckView:
    found = await quality.review(
        runtime_of(request),
        handover_id=handover_id,
        scores=body.scores,
        comment=body.comment,
        staff=staff,
    )
    return CheckView.model_validate(found)
