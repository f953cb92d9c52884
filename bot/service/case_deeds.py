"""What comes with a deed: bounded, so that the same model serves HTTP and the other callers."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from bot.text.personal import SOMEBODYS_OWN, hinted

ROW_ID = r"^[0-9a-f]{32}$"
# What staff write is kept, and told, as it is: somebody's numbers have no place in it.
Numberless = AfterValidator(lambda text: hinted(text, SOMEBODYS_OWN))
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000), Numberless]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), Numberless]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_:.-]*$", max_length=64)]
RowId = Annotated[str, StringConstraints(pattern=ROW_ID)]
Value = Annotated[str, StringConstraints(max_length=2000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Lack(_Strict):
    """One thing that is missing or wrong. `other` names itself by `label`."""

    kind: Literal["field", "material", "other"]
    key: Key | None = None
    label: Short | None = None
    why: Short


class GivenFile(_Strict):
    material: Key
    attachment_id: RowId


class Ask(_Strict):
    """会办: one department and what it is asked; without a date the centre's setting."""

    department: Key
    question: Annotated[Words, StringConstraints(min_length=2, max_length=500)]
    due_on: date | None = None


class Objecting(_Strict):
    """Without a name it is anonymous."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=2000)]
    name: Short | None = None
    contact: Short | None = None


class Result(_Strict):
    """What is issued: a card or tier by number and term, a place or benefit by words and a date."""

    text: Annotated[Words, StringConstraints(min_length=2, max_length=500)] | None = None
    on: date | None = None
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=32)] | None = (
        None
    )
    group: Annotated[int, Field(ge=1, le=5)] | None = None
    tier: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=16)] | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class Deed(_Strict):
    reason: Words | None = None  # told to the talent
    basis: Short | None = None  # of a refusal
    note: Words | None = None  # for staff alone
    missing: Annotated[list[Lack], Field(max_length=60)] = []
    values: Annotated[dict[Key, Value], Field(max_length=100)] = {}
    files: Annotated[list[GivenFile], Field(max_length=60)] = []
    asks: Annotated[list[Ask], Field(max_length=20)] = []
    objection: Objecting | None = None
    objection_id: RowId | None = None
    staff_id: RowId | None = None
    result: Result | None = None
