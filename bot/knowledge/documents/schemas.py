"""What files, the console and the command line may say about a document."""

from datetime import date
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from bot.errors import Refusal
from bot.knowledge.documents.rules import End, Ending
from bot.texts import sentence

MOST_PARAGRAPHS = 5_000
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Number = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80)]
Issuer = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Moment = Annotated[str, StringConstraints(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Passage = Annotated[str, StringConstraints(max_length=20_000)]
Address = Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$", max_length=500)]


M = TypeVar("M", bound=BaseModel)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EndEntry(Strict):
    how: Ending
    on: date  # the first day without force
    successor: Words = ""
    clause: Words = ""  # empty: the whole document

    def as_end(self) -> End:
        return End(how=self.how, on=self.on, successor=self.successor or None, clause=self.clause or None)


class Force(Strict):
    """From when to when a document is in force, and what ended it."""

    in_force: bool = False
    effective_from: date | None = None
    effective_until: date | None = None
    ends: list[EndEntry] = Field(default_factory=list, max_length=50)
    note: Words = ""

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.effective_from and self.effective_until and self.effective_until < self.effective_from:
            raise ValueError("effective_until:documents.until_before_from")
        clauses = [end.clause for end in self.ends]
        if len(set(clauses)) < len(clauses):
            raise ValueError("ends:documents.ended_twice")
        return self


class Facts(Strict):
    """What identifies a document: read from the text, corrected by staff."""

    title: Title
    number: Number = ""
    issuers: list[Issuer] = Field(default_factory=list, max_length=30)
    published: Moment = ""
    effective_from: date | None = None
    effective_until: date | None = None
    in_force: bool = False
    url: Address = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.effective_from and self.effective_until and self.effective_until < self.effective_from:
            raise ValueError("effective_until:documents.until_before_from")
        return self


class RegisterEntry(Force):
    """One record of data/documents/*.yml."""

    title: Title
    number: Number = ""
    issuers: list[Issuer] = Field(default_factory=list, max_length=30)
    published: Moment = ""
    url: Address = ""
    codes: list[str] = Field(default_factory=list)  # rows of the fact sheet; never shown


class DraftEdit(Strict):
    """A reviewer's corrections: paragraphs by their place; an emptied one is no longer shown."""

    facts: Facts
    paragraphs: dict[int, Passage] = Field(default_factory=dict)


class InvalidDocument(Refusal):
    """`fields` maps a path such as `facts.title` to a sentence."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("invalid_document", sentence("documents.invalid"), status=422)
        self.fields = fields
        self.more = {"fields": fields}


def parse(kind: type[M], data: object) -> M:
    """Validate what a file or a member of staff supplied; raises InvalidDocument."""
    try:
        return kind.model_validate(data)
    except ValidationError as problem:
        fields: dict[str, str] = {}
        for error in problem.errors():
            path = [str(part) for part in error["loc"]]
            key = "documents.wrong_field"
            if error["type"] == "value_error":
                place, key = str(error["ctx"]["error"]).split(":")
                path.append(place)
            elif error["type"] in ("missing", "string_too_short"):
                key = "documents.required"
            elif "date" in error["type"] or (path and path[-1] == "published"):
                key = "documents.wrong_date"
            elif "too_long" in error["type"]:
                key = "documents.too_long_field"
            fields.setdefault(".".join(path) or "document", sentence(key))
        raise InvalidDocument(fields) from None
