"""Bodies and answers of the desk. Messages are served as the conversation core views them."""

import unicodedata
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.conversation.rules import TEXT_LIMIT


def _printable(text: str) -> str:
    """Control characters have no meaning in a chat; line breaks and tabs do."""
    return "".join(ch for ch in text if ch in "\n\t" or unicodedata.category(ch) != "Cc").strip()


# Too long a text is refused by the conversation in its own words; this bounds what is parsed.
Words = Annotated[str, Field(max_length=100_000), AfterValidator(_printable)]
Note = Annotated[str, Field(max_length=TEXT_LIMIT), AfterValidator(_printable)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class View(StrEnum):
    QUEUE = "queue"
    MINE = "mine"
    RECENT = "recent"


class SayBody(Body):
    client_msg_id: UUID
    text: Words


class EndBody(Body):
    """What came of it, for the assistant and the next colleague."""

    note: Note = ""


class ChatsView(BaseModel):
    chats: list[dict[str, Any]]


class ChatView(BaseModel):
    chat: dict[str, Any]


class ChatDetailView(BaseModel):
    chat: dict[str, Any]
    packet: dict[str, Any] | None
    messages: list[dict[str, Any]]
