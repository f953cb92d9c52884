"""Answers of the desk. Messages are served as the conversation core views them."""

from typing import Any

from pydantic import BaseModel


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


class TicketView(ContactView):
    """A call-back owed beside the talk."""

    handover_id: str
    staff_id: str | None
    staff_name: str | None


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
    ticket: TicketView | None
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
