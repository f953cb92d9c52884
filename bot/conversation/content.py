"""What a message says, as data; each channel renders it its own way. No markup anywhere."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Source(Strict):
    """The legal basis of an answer."""

    title: str
    number: str | None = None  # 文号
    body: str | None = None  # issuing body
    date: str | None = None  # ISO date, or year, or year-month, as precise as the source is known
    clause: str | None = None
    url: str | None = None


class Button(Strict):
    """`payload` stays on the server: clients send back (message id, button index)."""

    title: str
    payload: str  # "/intent" or "/intent{\"entity\": \"value\"}"


class Table(Strict):
    head: list[str]
    rows: list[list[str]]


class Card(Strict):
    """一次性告知 and summaries: a title over labelled lines."""

    title: str
    rows: list[tuple[str, str]]
    more: list[tuple[str, list[str]]] = Field(default_factory=list)  # parts shown on request: title, lines


class File(Strict):
    """A file in the chat; its bytes are served by `/attachments/{id}` to those who may see the message."""

    id: str
    name: str
    media_type: str
    size: int  # bytes


class Content(Strict):
    paragraphs: list[str] = Field(default_factory=list)
    items: list[str] = Field(default_factory=list)  # a list, shown after the paragraphs
    table: Table | None = None
    card: Card | None = None
    caution: str | None = None  # e.g. 请以当年官方通知为准
    scope: str | None = None  # place and year the answer speaks for, e.g. 山东省 · 2024年口径
    status: str | None = None  # e.g. 现行有效 / 已失效
    sources: list[Source] = Field(default_factory=list)
    files: list[File] = Field(default_factory=list)
    question: str | None = None  # asked after all else, right above the buttons
    buttons: list[Button] = Field(default_factory=list)
    feedback: bool = False  # offer 👍/👎
    rate: str | None = None  # id of the episode the question under it asks to rate

    @classmethod
    def say(cls, *paragraphs: str, buttons: list[Button] | None = None) -> "Content":
        return cls(paragraphs=list(paragraphs), buttons=buttons or [])

    def plain_text(self) -> str:
        """What a person would read, lists, tables and cards included; buttons and sources apart."""
        lines = list(self.paragraphs)
        lines += [f"· {item}" for item in self.items]
        if self.card:
            lines.append(self.card.title)
            lines += [f"{label}：{value}" for label, value in self.card.rows]
            for title, more in self.card.more:
                lines += [title, *more]
        if self.table:
            lines.append(" | ".join(self.table.head))
            lines += [" | ".join(row) for row in self.table.rows]
        if self.caution:
            lines.append(self.caution)
        if self.scope:
            lines.append(f"适用范围：{self.scope}")
        if self.status:
            lines.append(f"效力：{self.status}")
        lines += [file.name for file in self.files]
        if self.question:
            lines.append(self.question)
        return "\n".join(lines)


Category = Literal["政策咨询", "手续代办", "待遇落实"]  # 专员三项职责
Reason = Literal[
    "requested",  # by button or words
    "unanswered",
    "sensitive",
    "complaint",
    "crisis",
    "guide",  # a step of the guide, or 代办
    "turn_cap",
    "engine_failure",
]
Band = Literal["answer", "offer", "clarify", "not_published", "none"]


class AnswerLog(Strict):
    """Why an answer was given; kept with the message so that it can be replayed."""

    band: Band
    faq: str | None = None  # key of the answered FAQ
    offered: list[str] = Field(default_factory=list)
    release: int | None = None
    probability: float | None = None
    scores: list[dict[str, float | str]] = Field(default_factory=list)


class HandoverRequest(Strict):
    """An action's wish that a person takes over; carried out when the turn commits."""

    reason: Reason
    category: Category | None = None  # None: guessed from the chat
    note: str | None = None


class Reply(Strict):
    """What one `dispatcher.utter_message(json_message=Reply(...).model_dump())` carries.

    Static `utter_*` responses arrive as plain text and buttons and are turned into Replies by
    the turn runner.
    """

    content: Content | None = None
    log: AnswerLog | None = None
    handover: HandoverRequest | None = None
    failed: bool = False  # nothing was answered, whatever was said; `log` tells it of policy answers
