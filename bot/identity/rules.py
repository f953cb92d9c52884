"""How often identity may be tried, how long what lasts, and how claims are written. Pure."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_LIFE = timedelta(minutes=5)
SAID_CODE_LIFE = timedelta(minutes=10)  # shown after a proof, to be said in the chat that is bound by it
TRIES_PER_CODE = 5
PAGE_LIFE = timedelta(minutes=15)
PASS_LIFE = timedelta(minutes=10)  # one's data in clear after a fresh code
WINDOW = timedelta(hours=1)
STARTS_PER_CHAT = 5
STARTS_PER_ADDRESS = 20
STARTS_PER_PERSON = 5  # the same name and digits, whoever asks and wherever
STARTS_PER_NAME = 20  # people share names
ANSWER_WITHIN = timedelta(days=15)  # a request about one's data; 本中心设定


def clean_name(text: str) -> str:
    """As records hold it; Chinese names without the blanks a phone's keyboard adds."""
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    return name if name.isascii() else name.replace(" ", "")


def clean_digits(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


@dataclass(frozen=True, slots=True)
class Count:
    count: int
    first_at: datetime

    def one_more(self, *, now: datetime) -> "Count":
        return Count(1, now) if now - self.first_at >= WINDOW else Count(self.count + 1, self.first_at)
