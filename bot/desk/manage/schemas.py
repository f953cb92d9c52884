"""Bodies and answers of leading the desk."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.conversation.content import Category
from bot.desk.manage.sla import SlaKind
from bot.desk.models import Kind, Level, SeatStatus

Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Region = Annotated[str, Field(pattern=r"^\d{6}$")]
Seconds = Annotated[int, Field(ge=10, le=30 * 24 * 3600)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Row(BaseModel):
    model_config = ConfigDict(from_attributes=True)


# --- wall


class Count(BaseModel):
    key: str
    count: int


class WallSeat(BaseModel):
    staff_id: str
    name: str
    team_name: str | None
    status: SeatStatus
    status_at: datetime
    load: int
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


# --- settings


class TeamBody(Body):
    name: Name
    region: Region
    categories: list[Category] = Field(default=[], max_length=3)
    calendar_id: Id
    queue_limit: int = Field(ge=0, le=10_000)
    active: bool = True
    updated_at: datetime | None = None


class TeamView(Row):
    id: str
    name: str
    region: str
    categories: list[str]
    calendar_id: str
    queue_limit: int
    active: bool
    updated_at: datetime


class TeamsView(BaseModel):
    teams: list[TeamView]


Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-4]):[0-5]\d$")]
Ranges = Annotated[list[Annotated[list[Clock], Field(min_length=2, max_length=2)]], Field(max_length=8)]


class CalendarBody(Body):
    name: Name
    week: dict[Annotated[str, Field(pattern=r"^[1-7]$")], Ranges]
    days: dict[Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")], Ranges] = Field(
        default={}, max_length=400
    )
    public_holidays: bool = True
    updated_at: datetime | None = None


class DayView(BaseModel):
    date: date
    weekday: int
    kind: str  # plain | own | holiday | make_up
    name: str | None
    ranges: list[list[str]]


class PreviewView(BaseModel):
    days: list[DayView]
    unknown_years: list[int]  # whose holidays are not published yet


class CalendarView(Row):
    id: str
    name: str
    week: dict[str, list[list[str]]]
    days: dict[str, list[list[str]]]
    public_holidays: bool
    updated_at: datetime
    teams: int = 0
    preview: PreviewView | None = None


class CalendarsView(BaseModel):
    calendars: list[CalendarView]


class SeatBody(Body):
    level: Level
    kind: Kind
    categories: list[Category] = Field(default=[], max_length=3)
    languages: list[Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]] = Field(default=[], max_length=10)
    skills: list[Tag] = Field(default=[], max_length=20)
    capacity: int = Field(ge=1, le=50)
    region: Region
    team_id: Id | None
    updated_at: datetime


class SeatView(BaseModel):
    staff_id: str
    name: str
    username: str
    region: str
    team_id: str | None
    set_up: bool
    level: Level
    kind: Kind
    categories: list[str]
    languages: list[str]
    skills: list[str]
    capacity: int
    status: SeatStatus
    updated_at: datetime


class SeatsView(BaseModel):
    seats: list[SeatView]


class LevelBody(Body):
    queue_wait_s: Seconds
    first_reply_s: Seconds
    resolution_s: Seconds
    callback_s: Seconds
    warn_percent: int = Field(ge=10, le=99)
    updated_at: datetime | None = None


class LevelView(Row):
    team_id: str  # "" holds for every team without its own
    queue_wait_s: int
    first_reply_s: int
    resolution_s: int
    callback_s: int
    warn_percent: int
    updated_at: datetime


class LevelsView(BaseModel):
    levels: list[LevelView]


class LabelBody(Body):
    name: Tag
    active: bool = True
    updated_at: datetime | None = None


class LabelView(Row):
    id: str
    name: str
    active: bool
    updated_at: datetime


class LabelsView(BaseModel):
    labels: list[LabelView]


class PhraseBody(Body):
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    text: Words
    team_id: Id | None = None
    updated_at: datetime | None = None


class PhraseView(Row):
    id: str
    title: str
    text: str
    team_id: str | None
    uses: int
    updated_at: datetime


class PhrasesView(BaseModel):
    phrases: list[PhraseView]


class TriggerBody(Body):
    enabled: bool
    connect: bool
    threshold: int | None = Field(default=None, ge=1, le=1000)
    words: list[Annotated[str, Field(max_length=100)]] = Field(default=[], max_length=500)
    updated_at: str | None = Field(default=None, max_length=40)


class TriggerView(BaseModel):
    key: str
    title: str
    unit: str | None
    enabled: bool
    connect: bool
    threshold: int | None
    words: list[str]
    updated_at: str | None
    updated_by: str | None
    updated_by_name: str | None = None


class TriggersView(BaseModel):
    triggers: list[TriggerView]
