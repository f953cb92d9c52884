"""Whether an expert may be asked again: nobody is asked too often, so that research does not suffer. Pure.

The document states the principle (鲁人社字〔2020〕111号); how often is too often the centre sets itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.texts import sentence

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class IntervalRule:
    interval_days: int  # between two requests
    times_a_year: int  # within the last 365 days


def overuse(asked: Iterable[datetime], *, now: datetime, rule: IntervalRule) -> str | None:
    """Why the person should not be asked now, as a sentence; None where nothing speaks against it."""
    past = sorted(moment for moment in asked if moment > now - YEAR)
    if not past:
        return None
    since = (now - past[-1]).days
    if now - past[-1] < timedelta(days=rule.interval_days):
        return sentence("grassroots.asked_recently", days=since, interval=rule.interval_days)
    if len(past) >= rule.times_a_year:
        return sentence("grassroots.asked_often", times=len(past), most=rule.times_a_year)
    return None
