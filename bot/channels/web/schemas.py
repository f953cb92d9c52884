"""Bodies and answers of the web chat."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from bot.conversation.content import Category
from bot.conversation.service import Received

Region = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,80}$")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OpenSession(Body):
    region: Region | None = None


class PressedButton(Body):
    message_id: Id
    index: int = Field(ge=0, le=50)


class SendMessage(Body):
    client_msg_id: UUID
    # Longer texts are refused by `receive` with their own words; this bounds what is parsed.
    text: str | None = Field(default=None, max_length=100_000)
    button: PressedButton | None = None

    @model_validator(mode="after")
    def _one_of(self) -> "SendMessage":
        if (self.text is None) == (self.button is None):
            raise ValueError("text or button")
        return self


Way = Literal["items", "departments", "progress"]


class AskMenu(Body):
    client_msg_id: UUID
    faq: Key | None = None
    item: Key | None = None
    way: Way | None = None

    @model_validator(mode="after")
    def _one_of(self) -> "AskMenu":
        if sum(one is not None for one in (self.faq, self.item, self.way)) != 1:
            raise ValueError("faq, item or way")
        return self


class AskHuman(Body):
    client_msg_id: UUID
    category: Category | None = None


class LeaveTicket(Body):
    client_msg_id: UUID
    category: Category | None = None
    # What is no number is refused by `leave_ticket` with its own words; this bounds what is parsed.
    phone: str | None = Field(default=None, max_length=40)
    when: str | None = Field(default=None, max_length=40)
    note: str | None = Field(default=None, max_length=300)


class GiveRating(Body):
    handover_id: Id
    score: int = Field(ge=1, le=5)
    comment: str | None = Field(default=None, max_length=2_000)


class Seen(Body):
    seq: int = Field(ge=0, le=2**31 - 1)


class GiveFeedback(Body):
    message_id: Id
    helpful: bool


class ChooseRegion(Body):
    region: Region | None


def receipt_of(received: Received) -> dict[str, Any]:
    """What a sender is told of a stored message."""
    return {"id": received.message_id, "seq": received.seq, "duplicate": received.duplicate}
