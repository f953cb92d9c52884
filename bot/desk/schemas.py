"""Bodies and answers of the desk. Messages are served as the conversation core views them."""

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


class EndBody(Body):
    note: Note = ""


class SummaryBody(Body):
    summary: Summary
    labels: Labels = []


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


class TransferView(BaseModel):
    to: str | None
    to_name: str | None
    team_id: str | None
    team_name: str | None
    by_name: str | None
    note: str | None


class ContactView(BaseModel):
    token: str | None
    hint: str | None
    when: str | None
    due_at: str | None


class ChatRowView(BaseModel):
    """ "ChatRow" in docs/desk.md."""

    conversation_id: str
    handover_id: str
    handover_status: str
    control: str
    version: int
    channel: str
    category: str
    reason: str
    region: str | None
    team_id: str | None
    team_name: str | None
    staff_id: str | None
    staff_name: str | None
    specialist_id: str | None
    specialist_name: str | None
    waiting_since: str
    position: int | None
    offered_to: str | None
    offered_until: str | None
    transfer: TransferView | None
    hold_until: str | None
    wrap_up_until: str | None
    ended_at: str | None
    ended_by: str | None
    labels: list[str]
    rating: int | None
    blocked: bool
    contact: ContactView | None
    sla: dict[str, Any] | None
    last_text: str
    last_at: str
    last_seq: int
    last_talent_seq: int
    staff_seen_seq: int


class FoundRowView(ChatRowView):
    snippet: str


class ChatsView(BaseModel):
    chats: list[ChatRowView]


class FoundView(BaseModel):
    chats: list[FoundRowView]


class ChatView(BaseModel):
    chat: ChatRowView


class CountsView(BaseModel):
    queue: int
    mine: int
    team: int
    tickets: int
    notices: int


class ChatDetailView(BaseModel):
    chat: ChatRowView
    packet: dict[str, Any]
    messages: list[dict[str, Any]]
    profile: dict[str, Any]
    episodes: list[dict[str, Any]]
    drafts: dict[str, Any]


class MessagesView(BaseModel):
    messages: list[dict[str, Any]]


class ValueView(BaseModel):
    value: str


class PersonTarget(BaseModel):
    id: str
    name: str
    team_name: str | None
    status: str
    free: int


class TeamTarget(BaseModel):
    id: str
    name: str
    ready: int


class TargetsView(BaseModel):
    staff: list[PersonTarget]
    teams: list[TeamTarget]


class SummaryView(BaseModel):
    need: str = ""
    facts: str = ""
    done: str = ""
    result: str = ""
    next: str = ""
    labels: list[str]


class AnswerView(BaseModel):
    faq: str
    question: str
    text: str
    sources: list[dict[str, Any]]
    scope: str | None
    caution: str | None
    confidence: str


class AnswersView(BaseModel):
    answers: list[AnswerView]


class SuggestionView(BaseModel):
    seq: int
    replies: list[AnswerView]


class PhraseView(BaseModel):
    id: str
    title: str
    text: str
    initials: str
    scope: str
    uses: int


class PhrasesView(BaseModel):
    phrases: list[PhraseView]


class LabelsView(BaseModel):
    labels: list[str]


class NoticeView(BaseModel):
    id: str
    kind: str
    text: str
    conversation_id: str | None
    created_at: str


class NoticesView(BaseModel):
    notices: list[NoticeView]
