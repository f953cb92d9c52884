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


def weigh(need: Need, person: Person) -> int | None:
    """None: of another field altogether, or below the education asked for."""
    if need.education and _level(person.education) < _level(need.education):
        return None
    if need.field in person.fields:
        score = FIELD
    elif person.industry == need.field:
        score = INDUSTRY
    else:
        return None
    score += KEY_CHAIN if need.key_chain else 0
    score += EDUCATION if need.education else 0
    return score + next(
        (weight for digits, weight, _ in _PLACES if _same(person.region, need.region, digits)), 0
    )


def match(need: Need, person: Person) -> Match | None:
    score = weigh(need, person)
    return None if score is None else Match(person.id, score, _reasons(need, person))


def best(need: Need, people: Iterable[Person], *, most: int) -> list[Match]:
    weighed = [(score, person) for person in people if (score := weigh(need, person)) is not None]
    weighed.sort(key=lambda pair: (-pair[0], pair[1].id))
    return [Match(person.id, score, _reasons(need, person)) for score, person in weighed[:most]]


def _reasons(need: Need, person: Person) -> tuple[str, ...]:
    if need.field in person.fields:
        reasons = [sentence("matching.field", field=need.field)]
    else:
        reasons = [sentence("matching.industry", industry=person.industry)]
    if need.key_chain:
        reasons.append(sentence("matching.key_chain"))
    if need.education:
        reasons.append(sentence("matching.education", education=person.education))
    reasons += [
        sentence(f"matching.{word}")
        for digits, _, word in _PLACES
        if _same(person.region, need.region, digits)
    ][:1]
    return tuple(reasons)


def _same(one: str, other: str, digits: int) -> bool:
    """Both lie in the same place of that width; a whole province is no county."""
    place = one[:digits].ljust(6, "0")
    return covers(place, other) and not one[:digits].endswith("00") and place != "000000"


def _level(education: str) -> int:
    return _LEVELS.index(Education(education))
