"""The figures of a report, out of plain rows. Pure."""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.conversation.handover_models import HandoverStatus
from bot.desk.manage.sla import SlaKind

BOUNCED_WITHIN = timedelta(hours=24)
_YES_OR_NO = ("served", "abandoned", "ticketed", "bounced")
COUNTS = (
    "requested",
    "served",
    "abandoned",
    "ticketed",
    "returned",
    "closed",
    "bounced",
    "transfers",
    "missed",
)
SPREADS = ("queue_wait", "first_reply", "handling")


def given_up(status: HandoverStatus, *, accepted_at: datetime | None, due_at: datetime | None) -> bool:
    """Cancelled before anybody took it; a call-back nobody wants any more is no waiting given up."""
    return status == HandoverStatus.CANCELLED and accepted_at is None and due_at is None


@dataclass(frozen=True, slots=True)
class EpisodeRow:
    id: str
    day: date
    team_id: str | None
    category: str
    reason: str
    staff_id: str | None
    status: HandoverStatus
    requested_at: datetime
    accepted_at: datetime | None
    first_reply_at: datetime | None
    ended_at: datetime | None
    due_at: datetime | None
    rating: int | None
    asked_again_at: datetime | None
    held_s: float
    transfers: int
    missed: int
    kept: Mapping[SlaKind, bool]
    quality: int | None  # percent

    @property
    def served(self) -> bool:
        return self.accepted_at is not None

    @property
    def ticketed(self) -> bool:
        return self.status == HandoverStatus.TICKETED or self.due_at is not None

    @property
    def abandoned(self) -> bool:
        return given_up(self.status, accepted_at=self.accepted_at, due_at=self.due_at)

    @property
    def bounced(self) -> bool:
        """Asked for a person again within a day of having been helped, by talk or by call."""
        helped = self.served or self.status == HandoverStatus.CLOSED
        if self.ended_at is None or self.asked_again_at is None or not helped:
            return False
        return timedelta() <= self.asked_again_at - self.ended_at <= BOUNCED_WITHIN

    @property
    def queue_wait_s(self) -> float | None:
        """Of those who waited for a person until one came; a call-back is no wait."""
        if self.accepted_at is None or self.ticketed:
            return None
        return (self.accepted_at - self.requested_at).total_seconds()

    @property
    def first_reply_s(self) -> float | None:
        if self.accepted_at is None or self.first_reply_at is None:
            return None
        return (self.first_reply_at - self.accepted_at).total_seconds()

    @property
    def handling_s(self) -> float | None:
        """From acceptance to the end, without what was on hold."""
        if self.accepted_at is None or self.ended_at is None:
            return None
        return max(0.0, (self.ended_at - self.accepted_at).total_seconds() - self.held_s)


class Tally:
    """Counts episodes one by one and keeps none: a year's rows held as objects would make the
    collector of garbage stop the whole service."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.ratings: Counter[int] = Counter()
        self.kept: Counter[SlaKind] = Counter()
        self.judged: Counter[SlaKind] = Counter()
        self.spans = {name: array("d") for name in SPREADS}
        self.quality = array("d")

    def add(self, row: EpisodeRow) -> None:
        self.counts["requested"] += 1
        for name in _YES_OR_NO:
            self.counts[name] += getattr(row, name)
        self.counts["returned"] += row.status == HandoverStatus.RETURNED
        self.counts["closed"] += row.status == HandoverStatus.CLOSED
        self.counts["transfers"] += row.transfers
        self.counts["missed"] += row.missed
        for name, values in self.spans.items():
            value = getattr(row, f"{name}_s")
            if value is not None:
                values.append(value)
        if row.rating:
            self.ratings[row.rating] += 1
        for kind, within in row.kept.items():
            self.judged[kind] += 1
            self.kept[kind] += within
        if row.quality is not None:
            self.quality.append(row.quality)

    def figures(self) -> dict[str, Any]:
        rated = self.ratings.total()
        points = sum(score * count for score, count in self.ratings.items())
        return {
            **{name: self.counts[name] for name in COUNTS},
            **{name: spread(values) for name, values in self.spans.items()},
            "ratings": [self.ratings[score] for score in range(1, 6)],
            "rating": round(points / rated, 2) if rated else None,
            "sla": {kind: {"kept": self.kept[kind], "of": self.judged[kind]} for kind in SlaKind},
            "quality": round(sum(self.quality) / len(self.quality), 1) if self.quality else None,
        }


def spread(values: Iterable[float | None]) -> dict[str, float | None]:
    """Median and 90th percentile in seconds, each a value that occurred (nearest rank)."""
    known = sorted(value for value in values if value is not None)
    return {"median_s": _rank(known, 0.5), "p90_s": _rank(known, 0.9)}


def _rank(ordered: Sequence[float], share: float) -> float | None:
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else None
