"""Bodies and answers of the desk's settings."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.conversation.content import Category
from bot.desk.manage.schemas import Body, Id, Words
from bot.desk.models import Kind, Level, SeatStatus

Region = Annotated[str, Field(pattern=r"^\d{6}$")]
Seconds = Annotated[int, Field(ge=10, le=30 * 24 * 3600)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class Row(BaseModel):
    model_config = ConfigDict(from_attributes=True)


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
