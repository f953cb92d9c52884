"""Events and states by who acts, for the random walks over the table and over the rows."""

from bot.conversation.control_rules import ControlEvent
from bot.conversation.models import Control

WAITING = (Control.QUEUED, Control.OFFERED)
HELD = (Control.HUMAN, Control.ON_HOLD, Control.WRAP_UP)
ENDING = (ControlEvent.GIVE_BACK, ControlEvent.END, ControlEvent.FINISH, ControlEvent.BLOCK)
BY_STAFF = (
    ControlEvent.ACCEPT,
    ControlEvent.DECLINE,
    ControlEvent.PICK,
    ControlEvent.TRANSFER,
    ControlEvent.WITHDRAW,
    ControlEvent.HOLD,
    ControlEvent.RESUME,
    ControlEvent.TAKE_OVER,
    ControlEvent.GIVE_BACK,
    ControlEvent.END,
    ControlEvent.FINISH,
    ControlEvent.BLOCK,
)
