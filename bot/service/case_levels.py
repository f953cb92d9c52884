"""Levels of review as places: 省, 市, 县 by region code. Pure."""

from collections.abc import Iterable

from bot.service.schemas import Level
from bot.talent import places

_LEVEL_OF_LENGTH = {2: Level.PROVINCE, 4: Level.CITY, 6: Level.COUNTY}
_RANK = {Level.COUNTY: 0, Level.CITY: 1, Level.PROVINCE: 2}


def level_of(region: str) -> Level | None:
    """None for the whole country, which stands for every level."""
    return _LEVEL_OF_LENGTH.get(len(places.prefix_of(region)))


def covers(region: str, place: str) -> bool:
    """Whether an account of `region` works for `place`. What belongs nowhere is everybody's: better
    seen by many than by nobody."""
    return places.covers(region, place) or level_of(place) is None


def above(mine: str, wanted: str) -> bool:
    return _RANK[Level(mine)] > _RANK[Level(wanted)]


def place_at(region: str, level: str) -> str:
    """The place whose accounts review at that level: 371302 → 市 → 371300."""
    length = next(length for length, name in _LEVEL_OF_LENGTH.items() if name == level)
    return region[:length].ljust(6, "0")


def levels_for(levels: Iterable[str], region: str) -> list[str]:
    """The levels an application of this place passes: none below the place itself, because nobody of
    a county answers for a city; at least the place's own."""
    wanted = [Level(level) for level in levels if level != Level.UNIT]
    own = level_of(region)
    if own is None or not wanted:
        return [level.value for level in wanted]
    fitting = [level.value for level in wanted if _RANK[level] >= _RANK[own]]
    return fitting or [own.value]
