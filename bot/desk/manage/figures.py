"""The figures of a report, out of plain rows. Pure."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bot.conversation.handover_models import HandoverStatus
from bot.desk.manage.sla import SlaKind

BOUNCED_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
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
    held_s: float = 0.0
    transfers: int = 0
    missed: int = 0
    kept: dict[SlaKind, bool] = field(default_factory=dict)
    quality: int | None = None  # percent

    @property
    def served(self) -> bool:
        return self.accepted_at is not None

    @property
    def ticketed(self) -> bool:
        return self.status == HandoverStatus.TICKETED or self.due_at is not None

    @property
    def abandoned(self) -> bool:
        return self.status == HandoverStatus.CANCELLED and not self.served and not self.ticketed

    @property
    def bounced(self) -> bool:
        """Asked for a person again within a day of having been helped."""
        if self.ended_at is None or self.asked_again_at is None or not self.served:
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


def figures_of(rows: Sequence[EpisodeRow]) -> dict[str, Any]:
    ratings = Counter(row.rating for row in rows if row.rating)
    rated = sum(ratings.values())
    quality = [row.quality for row in rows if row.quality is not None]
    return {
        "requested": len(rows),
        "served": sum(row.served for row in rows),
        "abandoned": sum(row.abandoned for row in rows),
        "ticketed": sum(row.ticketed for row in rows),
        "returned": sum(row.status == HandoverStatus.RETURNED for row in rows),
        "closed": sum(row.status == HandoverStatus.CLOSED for row in rows),
        "bounced": sum(row.bounced for row in rows),
        "transfers": sum(row.transfers for row in rows),
        "missed": sum(row.missed for row in rows),
        "queue_wait": spread(row.queue_wait_s for row in rows),
        "first_reply": spread(row.first_reply_s for row in rows),
        "handling": spread(row.handling_s for row in rows),
        "ratings": [ratings[score] for score in range(1, 6)],
        "rating": round(sum(score * n for score, n in ratings.items()) / rated, 2) if rated else None,
        "sla": {kind: _kept(rows, kind) for kind in SlaKind},
        "quality": round(sum(quality) / len(quality), 1) if quality else None,
    }


def spread(values: Iterable[float | None]) -> dict[str, float | None]:
    """Median and 90th percentile in seconds, each a value that occurred (nearest rank)."""
    known = sorted(value for value in values if value is not None)
    return {"median_s": _rank(known, 0.5), "p90_s": _rank(known, 0.9)}


def _rank(ordered: Sequence[float], share: float) -> float | None:
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else None


def _kept(rows: Sequence[EpisodeRow], kind: SlaKind) -> dict[str, int]:
    judged = [row.kept[kind] for row in rows if kind in row.kept]
    return {"kept": sum(judged), "of": len(judged)}


def grouped(rows: Iterable[EpisodeRow], key: Callable[[EpisodeRow], Any]) -> dict[Any, list[EpisodeRow]]:
    groups: dict[Any, list[EpisodeRow]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
