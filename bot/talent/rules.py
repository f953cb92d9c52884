"""Decisions about a record: what a card counts as, until when it runs, which step it may take. Pure."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from bot.talent.models import CardStatus

CARD_YEARS = 5  # 无管理期的一般5年 [P03]


class CardState(StrEnum):
    """A card's status as of a day."""

    VALID = "有效"
    EXPIRED = "已到期"
    SUSPENDED = "停用"
    WITHDRAWN = "收回"
    REPLACED = "已换发"


# 收回 and 已换发 are final: a new card is a new row.
_CARD_STEPS = {
    CardStatus.VALID: {CardStatus.SUSPENDED, CardStatus.WITHDRAWN, CardStatus.REPLACED},
    CardStatus.SUSPENDED: {CardStatus.VALID, CardStatus.WITHDRAWN, CardStatus.REPLACED},
}


class CardFacts(Protocol):
    status: CardStatus
    valid_from: date
    valid_to: date | None


AnyCard = TypeVar("AnyCard", bound=CardFacts)


class TermFacts(Protocol):
    valid_from: date
    valid_to: date | None


def card_state(card: CardFacts, today: date) -> CardState:
    if card.status == CardStatus.VALID and card.valid_to is not None and card.valid_to < today:
        return CardState.EXPIRED
    return CardState(card.status)


def current_card(cards: Iterable[AnyCard]) -> AnyCard | None:
    """The one shown: the latest that was not replaced by another."""
    held = [card for card in cards if card.status != CardStatus.REPLACED]
    return max(held, key=lambda card: card.valid_from, default=None)


def card_step(before: CardStatus, after: CardStatus) -> bool:
    return after in _CARD_STEPS.get(before, set())


def card_end(*, valid_from: date, managed_until: date | None, contract_until: date | None) -> date:
    """The programme's 管理期, else the contract's term, else five years."""
    return managed_until or contract_until or years_later(valid_from, CARD_YEARS)


def years_later(day: date, years: int) -> date:
    """The day before the anniversary: five years from 2 March end on 1 March."""
    try:
        end = day.replace(year=day.year + years)
    except ValueError:  # 29 February
        end = date(day.year + years, 3, 1)
    return date.fromordinal(end.toordinal() - 1)


def holds(term: TermFacts, today: date) -> bool:
    return term.valid_from <= today and (term.valid_to is None or today <= term.valid_to)
