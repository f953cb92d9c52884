"""Which of the three duties of a specialist a talk is about, guessed from its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_args

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.content import Category
from bot.conversation.models import Author, Conversation, Message
from bot.settings import PROJECT
from bot.text.normalise import normalise

CATEGORIES: tuple[Category, ...] = get_args(Category)
_LATEST_COUNTS = 2  # words of the last message, against one for earlier ones
_SURE_LEAD = 2
_GUESSED_FROM = 6  # the talent's last messages


@dataclass(frozen=True)
class Guess:
    category: Category
    sure: bool


@cache
def _words() -> dict[Category, tuple[str, ...]]:
    path = PROJECT / "data" / "conversation" / "categories.yml"
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))["categories"]
    return {category: tuple(raw[category]) for category in CATEGORIES}


def guess(*, said: Sequence[str], applying: bool) -> Guess:
    """`said`: the talent's last messages, oldest first; `applying`: an application is open."""
    if applying:
        return Guess("手续代办", sure=True)
    scores = dict.fromkeys(CATEGORIES, 0)
    for place, text in enumerate(said, start=1):
        plain = normalise(text)
        weight = _LATEST_COUNTS if place == len(said) else 1
        for category, words in _words().items():
            scores[category] += weight * sum(word in plain for word in words)
    best, second = sorted(scores, key=lambda name: scores[name], reverse=True)[:2]
    return Guess(best, sure=scores[best] - scores[second] >= _SURE_LEAD)


async def guess_category(session: AsyncSession, *, conversation: Conversation) -> Guess:
    rows = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation.id, Message.author == Author.TALENT)
        .order_by(Message.seq.desc())
        .limit(_GUESSED_FROM)
    )
    said = [" ".join(row.content.get("paragraphs", ())) for row in rows][::-1]
    slots = conversation.slots
    return guess(said=said, applying=bool(slots.get("application")))
