"""How well a person fits a demand or a project, with the reasons said. Pure.

Whoever falls short of the education that is asked for is no match; everything else weighs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.talent.models import Education
from bot.talent.places import covers
from bot.texts import sentence

FIELD, INDUSTRY, EDUCATION, KEY_CHAIN = 50, 20, 10, 10
_LEVELS = (Education.OTHER, Education.COLLEGE, Education.BACHELOR, Education.MASTER, Education.DOCTOR)
_PLACES = ((6, 20, "same_county"), (4, 15, "same_city"), (2, 8, "same_province"))


@dataclass(frozen=True, slots=True)
class Need:
    field: str
    region: str
    education: str | None = None  # at least
    key_chain: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    fields: Sequence[str]
    industry: str | None
    region: str
    education: str


@dataclass(frozen=True, slots=True)
class Match:
    id: str
    score: int
    reasons: tuple[str, ...]


def match(need: Need, person: Person) -> Match | None:
    """None: of another field altogether, or below the education asked for."""
    score, reasons = 0, []
    if need.education and _level(person.education) < _level(need.education):
        return None
    if need.field in person.fields:
        score += FIELD
        reasons.append(sentence("matching.field", field=need.field))
    elif person.industry and person.industry == need.field:
        score += INDUSTRY
        reasons.append(sentence("matching.industry", industry=person.industry))
    else:
        return None
    if need.key_chain:
        score += KEY_CHAIN
        reasons.append(sentence("matching.key_chain"))
    if need.education:
        score += EDUCATION
        reasons.append(sentence("matching.education", education=person.education))
    for digits, weight, word in _PLACES:
        if _same(person.region, need.region, digits):
            score += weight
            reasons.append(sentence(f"matching.{word}"))
            break
    return Match(person.id, score, tuple(reasons))


def best(need: Need, people: Iterable[Person], *, most: int) -> list[Match]:
    found = [one for person in people if (one := match(need, person))]
    return sorted(found, key=lambda one: (-one.score, one.id))[:most]


def _same(one: str, other: str, digits: int) -> bool:
    """Both lie in the same place of that width; a whole province is no county."""
    place = one[:digits].ljust(6, "0")
    return covers(place, other) and not one[:digits].endswith("00") and place != "000000"


def _level(education: str) -> int:
    return _LEVELS.index(Education(education))
