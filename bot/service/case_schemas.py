"""Bodies of the office's case routes."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.service.case_deeds import Deed, Key, RowId, Short, Value, Words
from bot.service.case_rules import CaseEvent

Version = Annotated[int, Field(ge=1, le=1_000_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EventBody(Deed):
    version: Version

    def deed(self) -> Deed:
        return Deed.model_construct(**{name: getattr(self, name) for name in Deed.model_fields})


class PartSeen(_Strict):
    id: RowId
    version: Version


# What can be done alike to many; a list of what is missing, or a card number, is one person's own.
BatchEvent = Literal[
    CaseEvent.ACCEPT,
    CaseEvent.REVIEW,
    CaseEvent.APPROVE,
    CaseEvent.CONSULT,
    CaseEvent.CONSULTED,
    CaseEvent.SEND_BACK,
    CaseEvent.REFUSE,
    CaseEvent.ISSUE,
    CaseEvent.ASSIGN,
]


class BatchBody(Deed):
    event: BatchEvent
    parts: Annotated[list[PartSeen], Field(min_length=1, max_length=100)]

    def deed(self) -> Deed:
        return Deed.model_construct(**{name: getattr(self, name) for name in Deed.model_fields})


class ItemValues(_Strict):
    item: Key
    values: Annotated[dict[Key, Value], Field(max_length=100)] = {}


class MakeBody(_Strict):
    request_id: Annotated[str, StringConstraints(pattern=r"^[0-9a-zA-Z-]{8,64}$")]
    items: Annotated[list[ItemValues], Field(min_length=1, max_length=8)]
    talent_id: RowId | None = None
    conversation_id: RowId | None = None


class LinkBody(_Strict):
    version: Version
    talent_id: RowId


class UrgeBody(_Strict):
    dispatch_id: RowId | None = None


class NoteBody(_Strict):
    note: Annotated[Words, StringConstraints(min_length=1)]


class FileMarkBody(_Strict):
    why: Short | None = None


class TaskBody(_Strict):
    result: Annotated[Words, StringConstraints(min_length=2, max_length=500)]


class OpinionBody(_Strict):
    opinion: Literal["同意", "不同意"]
    answer: Annotated[Words, StringConstraints(min_length=2)]
