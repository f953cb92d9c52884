"""Bodies of /api/unit, bounded; shapes of the answers stand in docs/cases.md."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.service.case_deeds import GivenFile, Key, Lack, Value, Words
from bot.units.workbook import MOST_PEOPLE

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Version = Annotated[int, Field(ge=1, le=1_000_000)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Brief = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OfficerBody(Body):
    version: Version
    staff_id: Id | None = None


class CompleteBody(Body):
    version: Version
    values: Annotated[dict[Key, Value], Field(max_length=100)] = {}
    files: Annotated[list[GivenFile], Field(max_length=60)] = []


class EventBody(Body):
    """What comes with an employer's event; which is needed depends on the event."""

    version: Version
    reason: Words | None = None
    missing: Annotated[list[Lack], Field(max_length=60)] = []
    values: Annotated[dict[Key, Value], Field(max_length=100)] = {}
    files: Annotated[list[GivenFile], Field(max_length=60)] = []


class PartRef(Body):
    id: Id
    version: Version


class ApproveManyBody(Body):
    parts: Annotated[list[PartRef], Field(min_length=1, max_length=100)]


class PersonBody(Body):
    values: Annotated[dict[Key, Value], Field(max_length=100)] = {}
    talent_id: Id | None = None


class ApplyBody(Body):
    request_id: Id
    item: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
    people: Annotated[list[PersonBody], Field(min_length=1, max_length=MOST_PEOPLE)]


class CorrectionBody(Body):
    request_id: Id
    text: Text


class NewPersonBody(Body):
    """Somebody the talent database lacks; the centre looks into it and makes the record."""

    request_id: Id
    name: Name
    id_number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=32)] = ""
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=32)] = ""
    education: Literal["博士", "硕士", "本科", "专科", "其他"] | None = None
    title: Brief = ""
    position: Brief = ""
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class OfficerAccountBody(Body):
    username: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    name: Name
