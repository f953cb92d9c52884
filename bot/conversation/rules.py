"""Who may answer: the control table, as one pure function, and the figures of the turn runner."""

from dataclasses import dataclass
from enum import StrEnum

from bot.conversation.models import Control, HandoverStatus
from bot.errors import Refusal

TEXT_LIMIT = 2_000  # characters of one message
MAX_REPLIES = 4  # messages one turn may yield
APOLOGY_AFTER_S = 3.3  # before WeChat hangs up, so that it costs no customer-service message
PASSIVE_WINDOW_S = 4.5  # WeChat drops the request at 5 s; until then replies belong to it
RETRY_DELAYS_S = (0.2, 0.5, 1.0, 2.0, 3.0)
MAX_FAILURES = 4  # answers the engine failed to give while it was up
CANCEL_WORDS = frozenset({"取消排队", "取消转人工", "取消人工", "不等了", "不用人工了", "不转了", "结束人工"})


class ControlEvent(StrEnum):
    REQUEST_HUMAN = "request_human"
    CANCEL = "cancel"  # the talent no longer wants a person
    CLAIM = "claim"
    GIVE_BACK = "give_back"
    CLOSE = "close"
    TALENT_MESSAGE = "talent_message"


class Effect(StrEnum):
    RAISE_EPOCH = "raise_epoch"  # fences off answers that were begun before
    OPEN_HANDOVER = "open_handover"
    ACCEPT_HANDOVER = "accept_handover"
    END_HANDOVER = "end_handover"
    RUN_TURN = "run_turn"  # the assistant answers this message
    REOPEN_TURNS = "reopen_turns"  # nobody came: the assistant answers what it was stopped from


@dataclass(frozen=True)
class Step:
    control: Control
    effects: tuple[Effect, ...] = ()
    handover: HandoverStatus | None = None  # how an ended hand-over ended


_E, _C, _V = Effect, Control, ControlEvent
TABLE: dict[tuple[Control, ControlEvent], Step] = {
    (_C.BOT, _V.TALENT_MESSAGE): Step(_C.BOT, (_E.RUN_TURN,)),
    (_C.BOT, _V.REQUEST_HUMAN): Step(_C.QUEUED, (_E.RAISE_EPOCH, _E.OPEN_HANDOVER)),
    (_C.QUEUED, _V.TALENT_MESSAGE): Step(_C.QUEUED),
    (_C.QUEUED, _V.REQUEST_HUMAN): Step(_C.QUEUED),
    (_C.QUEUED, _V.CANCEL): Step(
        _C.BOT, (_E.RAISE_EPOCH, _E.END_HANDOVER, _E.REOPEN_TURNS), HandoverStatus.CANCELLED
    ),
    (_C.QUEUED, _V.CLAIM): Step(_C.HUMAN, (_E.ACCEPT_HANDOVER,)),
    (_C.HUMAN, _V.TALENT_MESSAGE): Step(_C.HUMAN),
    (_C.HUMAN, _V.REQUEST_HUMAN): Step(_C.HUMAN),
    (_C.HUMAN, _V.CANCEL): Step(_C.BOT, (_E.RAISE_EPOCH, _E.END_HANDOVER), HandoverStatus.CLOSED),
    (_C.HUMAN, _V.GIVE_BACK): Step(_C.BOT, (_E.RAISE_EPOCH, _E.END_HANDOVER), HandoverStatus.RETURNED),
    (_C.HUMAN, _V.CLOSE): Step(_C.CLOSED, (_E.END_HANDOVER,), HandoverStatus.CLOSED),
    (_C.CLOSED, _V.TALENT_MESSAGE): Step(_C.BOT, (_E.RAISE_EPOCH, _E.RUN_TURN)),
    (_C.CLOSED, _V.REQUEST_HUMAN): Step(_C.QUEUED, (_E.RAISE_EPOCH, _E.OPEN_HANDOVER)),
}


def transition(control: Control | str, event: ControlEvent) -> Step:
    """The next control state and what must happen with it; anything else is refused."""
    step = TABLE.get((Control(control), event))
    if step is None:
        raise Refusal("illegal_transition", "会话状态已变化，请刷新后再试。", status=409)
    return step
