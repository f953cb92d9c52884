"""Bodies and answers of leading the desk."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.desk.manage.sla import SlaKind
from bot.desk.models import SeatStatus

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


# --- wall


class Count(BaseModel):
    key: str
    count: int


class WallSeat(BaseModel):
    staff_id: str
    name: str
    team_name: str | None
    status: SeatStatus
    load: int  # chats held
    free: int  # how many more
    capacity: int


class Today(BaseModel):
    requested: int
    answered: int
    abandoned: int
    by_reason: list[Count]
    by_category: list[Count]
    first_reply_s: float | None
    rating: float | None
    rated: int


class WallView(BaseModel):
    at: datetime
    waiting: int
    ringing: int
    active: int
    on_hold: int
    wrap_up: int
    longest_wait_s: int | None
    waiting_since: datetime | None
    tickets: int
    tickets_overdue: int
    seats: list[WallSeat]
    today: Today


# --- reports


class Spread(BaseModel):
    median_s: float | None
    p90_s: float | None


class Share(BaseModel):
    kept: int
    of: int


class Figures(BaseModel):
    requested: int
    served: int
    abandoned: int
    ticketed: int
    returned: int
    closed: int
    bounced: int
    transfers: int
    missed: int
    queue_wait: Spread
    first_reply: Spread
    handling: Spread
    ratings: list[int]
    rating: float | None
    sla: dict[SlaKind, Share]
    quality: float | None


class Group(Figures):
    key: str
    name: str


class ReportView(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    total: Figures
    by_day: list[Group]
    by_team: list[Group]
    by_category: list[Group]
    by_reason: list[Group]
    by_specialist: list[Group]


# --- ratings, follow-ups, quality


class FollowUpView(BaseModel):
    id: str
    kind: str
    staff_id: str | None
    staff_name: str | None
    due_at: datetime
    created_at: datetime
    done_at: datetime | None
    result: str | None


class RatedView(BaseModel):
    handover_id: str
    conversation_id: str
    category: str
    reason: str
    team_name: str | None
    specialist_name: str | None
    rating: int | None
    comment: str | None
    rated_at: datetime | None
    follow_up: FollowUpView | None


class RatingsView(BaseModel):
    total: int
    page_size: int
    ratings: list[RatedView]


class FollowUpsView(BaseModel):
    total: int
    page_size: int
    follow_ups: list[RatedView]


class ResultBody(Body):
    result: Words


class SampleBody(Body):
    first: date = Field(alias="from")
    last: date = Field(alias="to")
    per_specialist: int = Field(ge=1, le=20)
    staff_id: Id | None = None


class SampleView(BaseModel):
    drawn: int
    pool: int
    seed: str


class CriterionView(BaseModel):
    key: str
    name: str
    points: int
    description: str


class SheetView(BaseModel):
    criteria: list[CriterionView]
    most: int


class CheckView(BaseModel):
    handover_id: str
    conversation_id: str
    specialist_id: str | None
    specialist_name: str | None
    category: str
    reason: str
    requested_at: datetime
    ended_at: datetime | None
    rating: int | None
    sampled_at: datetime
    scores: dict[str, int] | None
    total: int | None
    comment: str | None
    reviewer_name: str | None
    reviewed_at: datetime | None


class ChecksView(BaseModel):
    sheet: SheetView
    total: int
    page_size: int
    checks: list[CheckView]


class CheckDetailView(BaseModel):
    check: CheckView
    messages: list[dict[str, Any]]  # as in docs/architecture.md, "Message on the wire"


class ReviewBody(Body):
    scores: dict[str, int]
    comment: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] = ""


class AverageView(BaseModel):
    staff_id: str
    name: str
    count: int
    percent: float


class AveragesView(BaseModel):
    averages: list[AverageView]
