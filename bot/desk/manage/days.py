"""Days as people at the desk mean them: those of Shanghai. Pure."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from bot.errors import Refusal
from bot.runtime import SHANGHAI

EARLIEST, LATEST = date(2020, 1, 1), date(2100, 1, 1)
MOST_DAYS = 366


def day_start(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def day_of(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def span(first: date, last: date) -> tuple[datetime, datetime]:
    """Both days included; refuses what is the wrong way round or too long."""
    if last < first:
        raise Refusal("invalid_range", "结束日期不能早于开始日期，请重新选择。", status=422)
    if (last - first).days >= MOST_DAYS:
        raise Refusal("invalid_range", f"一次最多查询 {MOST_DAYS} 天，请缩短日期范围。", status=422)
    return day_start(first), day_start(last + timedelta(days=1))


def days_between(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
