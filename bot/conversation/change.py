"""One control event, as `control.change_control` takes it."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.conversation.content import HandoverRequest
from bot.conversation.control_rules import ControlEvent
from bot.conversation.desk_port import Admission


@dataclass(frozen=True)
class StaffName:
    id: str
    name: str
    phone: str | None = None  # to reach them at work


@dataclass(frozen=True)
class Change:
    """One control event. `by` is None for the talent and for the service acting on time."""

    event: ControlEvent
    by: StaffName | None = None
    target: StaffName | None = None  # OFFER: who is rung; TRANSFER: to whom
    team_id: str | None = None  # TRANSFER to a team
    team_name: str | None = None
    until: datetime | None = None  # OFFER: rings until; HOLD: held until
    note: str | None = None  # masked; outcome, reason of a block, words to the colleague
    why: str | None = None  # code for the log, e.g. no_first_reply
    request: HandoverRequest | None = None
    admission: Admission = field(default_factory=lambda: Admission(open=True))
    silent: bool = False  # the talent is told nothing
    category_unsure: bool = False  # REQUEST_HUMAN: only guessed, the talent may change it
