"""What becomes of a delivery after an attempt to send it. Pure."""

from dataclasses import dataclass

from bot.channels.wechat.api_client import SETUP_ERRORS, ApiError, Problem
from bot.conversation.models import DeliveryStatus

MAX_ATTEMPTS = 6
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 60.0

# Outside the 48 hours, the count used up, no longer a follower: the next message reopens all.
PARKED_ERRORS = frozenset({45015, 45047, 43004})
# No such person, blocked, too long, a picture that WeChat does not take: repeating cannot help.
FINAL_ERRORS = frozenset({40003, 43019, 45002, 40004, 40005, 40006, 40009, 45001})
BUSY_ERRORS = frozenset({45009, 45011})  # calls per day or minute used up: back off at length


@dataclass(frozen=True)
class Outcome:
    status: DeliveryStatus
    error: str | None = None
    again_after_s: float = 0.0


def judge(error: ApiError, *, attempt: int, jitter: float) -> Outcome:
    """What an error means for the delivery; `jitter` is between 0 and 1."""
    code = str(error.code)
    if error.problem == Problem.UNCLEAR:
        return Outcome(DeliveryStatus.UNKNOWN, "no_answer")
    if error.code in PARKED_ERRORS:
        return Outcome(DeliveryStatus.PARKED, code)
    if error.code in FINAL_ERRORS or error.code in SETUP_ERRORS:
        return Outcome(DeliveryStatus.FAILED, code)
    name = code if error.problem == Problem.REFUSED else "no_connection"
    if attempt >= MAX_ATTEMPTS:
        return Outcome(DeliveryStatus.FAILED, name)
    wait = FIRST_RETRY_S * 2 ** (attempt - 1)
    if error.code in BUSY_ERRORS:
        wait = LONGEST_RETRY_S
    # Half fixed, half random, so that many waiting messages do not return together.
    return Outcome(DeliveryStatus.QUEUED, name, min(wait, LONGEST_RETRY_S) * (0.5 + jitter / 2))
