"""Bodies of the grass-roots routes; shapes of the answers stand in docs/cases.md."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Region = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
About = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))]
Year = Annotated[int, Field(ge=2000, le=2100)]
Halves = Annotated[float, Field(gt=0, le=366, multiple_of=0.5)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProjectBody(Body):
    programme: Key
    title: Title
    host: Title
    region: Region
    field: Short
    term: Literal["短期", "中长期"]
    starts_on: Day
    ends_on: Day
    places: int = Field(ge=1, le=1000)
    days: Halves
    about: About = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on < self.starts_on:
            raise ValueError("ends before it starts")
        return self


class TalentBody(Body):
    talent_id: Id


class NoteBody(Body):
    kind: Literal["进展", "宣传", "简报"]
    text: Long


class ServiceDaysBody(Body):
    talent_id: Id
    day: Day
    days: Halves
    project_id: Id | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""


class RemindBody(Body):
    year: Year
    talents: list[Id] = Field(min_length=1, max_length=500)


class FigureBody(Body):
    planned: int = Field(ge=0, le=100_000)


class AchievementBody(Body):
    name: Title


class PeriodBody(Body):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=64)]
    region: Region
    opens_on: Day
    closes_on: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.closes_on < self.opens_on:
            raise ValueError("closes before it opens")
        return self


class DemandBody(Body):
    """What an employer registers, by its own page or through the centre."""

    kind: Literal["岗位", "技术"]
    title: Title
    field: Short
    region: Region
    education: Literal["博士", "硕士", "本科", "专科"] | None = None
    places: int = Field(default=1, ge=1, le=1000)
    about: About = ""
    closes_on: Day


class StaffDemandBody(DemandBody):
    employer_id: Id
    key_chain: bool = False


class EventBody(Body):
    """An event of a row; `reason` where one is due."""

    reason: Why | None = None


class ChallengeBody(Body):
    title: Title
    host: Title
    field: Short
    region: Region
    about: About = ""
    closes_on: Day


class CooperationBody(Body):
    talent_id: Id
    employer_id: Id
    kind: Literal["项目合作", "联合开发", "成果引进", "兼职导师"]
    about: Long


class CalendarBody(Body):
    """One event of the calendar; dates that are not announced stay empty."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=64)]
    kind: Literal["引才活动", "大赛", "培训", "其他"]
    region: Region
    place: Title | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    organiser: Title
    about: About = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends_on and (self.starts_on is None or self.ends_on < self.starts_on):
            raise ValueError("ends before it starts")
        return self


class VisitWish(Body):
    """上门解读: what an employer asks for."""

    topic: Title
    people: int | None = Field(default=None, ge=1, le=10_000)
    wished: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    place: Title | None = None
    contact: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100)]


class ArrangeBody(Body):
    arranged_for: Day
    staff_id: Id | None = None


class ResultBody(Body):
    result: Long


class BaseBody(Body):
    name: Title
    kind: Literal["专家服务基地", "乡村振兴专家服务基地"]
    level: Literal["国家", "省", "市"]
    region: Region
    year: Year


class ListBody(Body):
    entitlement: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,64}$")]
    year: Year
    region: Region


class RowsBody(Body):
    rows: list[Id] = Field(min_length=1, max_length=5000)
    status: Literal["已确认", "已剔除"]
    why: Why | None = None

    @model_validator(mode="after")
    def _struck_with_reason(self) -> Self:
        if self.status == "已剔除" and self.why is None:
            raise ValueError("why is it struck")
        return self


class OfferedBody(Body):
    without_application: bool
