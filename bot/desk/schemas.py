"""Bodies of the desk's calls, checked and cleaned."""

import unicodedata
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from bot.conversation.rules import TEXT_LIMIT
from bot.desk.callers import ID
from bot.desk.models import SeatStatus

MOST_LABELS = 20


def _printable(text: str) -> str:
    """Control characters have no meaning in a chat; line breaks and tabs do."""
    return "".join(ch for ch in text if ch in "\n\t" or unicodedata.category(ch) != "Cc").strip()


# Too long a text is refused by the conversation in its own words; this bounds what is parsed.
Words = Annotated[str, Field(max_length=100_000), AfterValidator(_printable)]
Note = Annotated[str, Field(max_length=TEXT_LIMIT), AfterValidator(_printable)]
NeededNote = Annotated[str, AfterValidator(_printable), Field(min_length=1, max_length=TEXT_LIMIT)]
Short = Annotated[str, AfterValidator(_printable), Field(min_length=1, max_length=200)]
Label = Annotated[str, AfterValidator(_printable), Field(min_length=1, max_length=20)]
Labels = Annotated[list[Label], Field(max_length=MOST_LABELS)]
Id = Annotated[str, Field(pattern=ID)]
Seq = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SayBody(Body):
    """`faq` is the key of the FAQ the text was taken from: its sources, scope and caution go along."""

    client_msg_id: UUID
    text: Words
    based_on_seq: Seq | None = None
    faq: Annotated[str, Field(max_length=64)] | None = None
    force: bool = False


class NoteBody(Body):
    client_msg_id: UUID
    text: Words


class TransferBody(Body):
    staff_id: Id | None = None
    team_id: Id | None = None
    note: NeededNote

    @model_validator(mode="after")
    def _one_target(self) -> "TransferBody":
        if (self.staff_id is None) == (self.team_id is None):
            raise ValueError("请选择一位同事或一个小组。")
        return self


class HoldBody(Body):
    until: AwareDatetime
    note: Note = ""


class TakeOverBody(Body):
    note: Note = ""


class Summary(Body):
    """服务小结."""

    need: Note = ""
    facts: Note = ""
    done: Note = ""
    result: Note = ""
    next: Note = ""


class ReturnBody(Body):
    """What came of it, for the assistant and the next colleague."""

    note: Note = ""
    labels: Labels = []
    summary: Summary | None = None
    settled: Annotated[dict[str, Any], Field(max_length=20)] = {}
    ticket_done: bool = False  # a call-back that stood beside the talk is settled by it


class EndBody(Body):
    note: Note = ""


class SummaryBody(Body):
    summary: Summary
    labels: Labels = []
    ticket_done: bool = False


class DraftBody(Body):
    text: Words
    based_on_seq: Seq = 0


class DraftKind(StrEnum):
    REPLY = "reply"
    NOTE = "note"


class SeenBody(Body):
    seq: Seq


class UnmaskBody(Body):
    token: Annotated[str, Field(min_length=3, max_length=32)]


class BlockBody(Body):
    reason: Short


class UnblockBody(Body):
    reason: Note = ""


class SpecialistBody(Body):
    staff_id: Id
    why: Short


class TicketBody(Body):
    result: NeededNote
    tell: bool = True


class PhraseBody(Body):
    title: Annotated[str, AfterValidator(_printable), Field(min_length=1, max_length=40)]
    text: NeededNote


class SeatBody(Body):
    status: SeatStatus
