"""Which entitlements of data/entitlements fit a person, and what is worth asking first. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from bot.knowledge.profile import Honour, Profile
from bot.knowledge.schemas import Faq
from bot.settings import PROJECT
from bot.text.lexicon import NATION, Lexicon

FOLDER = PROJECT / "data" / "entitlements"
MOST_SHOWN = 5
MOST_PLACES = 7
PLACE = "place"
UNSURE = "unsure"
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Needs(Strict):
    """Everything named must hold."""

    degree: list[str] = Field(default_factory=list)
    tier: list[str] = Field(default_factory=list)
    honour: list[str] = Field(default_factory=list)
    postdoc: list[str] = Field(default_factory=list)
    job: list[str] = Field(default_factory=list)
    top: bool | None = None
    card: bool | None = None
    foreign: bool | None = None
    fulltime: bool | None = None
    graduate: bool | None = None
    employer: bool | None = None
    age_max: int | None = None
    arrived_within: int | None = None  # years


class Entitlement(Strict):
    """One figure or right of one FAQ."""

    key: str
    faq: str
    title: str
    region: str
    place: str
    year: str
    confidence: Literal["高", "中", "低"]
    codes: list[str] = Field(min_length=1)  # rows of the fact sheet
    rank: int
    line: str
    needs: Needs
    limit: str | None = None  # told while it is open, and where it excludes the person
    unless: list[str] = Field(default_factory=list)  # of no use to whom has this already
    group: str | None = None  # of one group only the nearest place's is shown
    subject: str | None = None  # what its amount can be compared with
    side: str | None = None
    amount: str | None = None


class Choice(Strict):
    value: str
    title: str
    words: list[str] = Field(default_factory=list)  # other ways people say it


class Question(Strict):
    key: str
    ask: str
    within: str = NATION  # asked only of people there
    options: list[Choice]


class EqualTiers(Strict):
    within: str
    tiers: dict[str, str]


@dataclass(frozen=True)
class Catalogue:
    rows: tuple[Entitlement, ...]
    honours: tuple[Honour, ...]
    questions: tuple[Question, ...]
    equal_tiers: EqualTiers


class Fit(IntEnum):
    NO = 0
    OPEN = 1  # something that decides is not known yet
    YES = 2


@dataclass(frozen=True)
class Fitting:
    row: Entitlement
    fit: Fit
    met: int
    near: int  # the narrower the place, the larger


@dataclass(frozen=True)
class Chosen:
    shown: tuple[Fitting, ...]
    excluded: tuple[Entitlement, ...]  # everything holds but the limit they tell
    ask: str | None  # key of the one question, or `place`
    places: tuple[str, ...]  # cities to choose from


# Without these nothing says that the row concerns the person at all.
_DECISIVE = ("degree", "tier", "honour", "postdoc", "job", "card", "foreign", "employer", "top", "graduate")
_LIMITS = ("age_max", "arrived_within", "fulltime")
_ASKED_OF = {"arrived_within": "arrived"}


def load_catalogue(folder: Path) -> Catalogue:
    rows: list[Entitlement] = []
    traits: dict[str, Any] = {}
    for path in sorted(folder.glob("*.yml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        rows += [Entitlement.model_validate(row) for row in data.pop("entitlements", [])]
        traits |= data
    return Catalogue(
        rows=tuple(rows),
        honours=tuple(
            Honour(one["value"], tuple(one.get("also", ())), tuple(one["patterns"]))
            for one in traits["honours"]
        ),
        questions=tuple(Question.model_validate(one) for one in traits["questions"]),
        equal_tiers=EqualTiers.model_validate(traits["equal_tiers"]),
    )


@cache
def shipped_catalogue() -> Catalogue:
    return load_catalogue(FOLDER)


def choose(
    catalogue: Catalogue,
    profile: Profile,
    *,
    places: Collection[str],
    usable: Collection[str],
    lexicon: Lexicon,
) -> Chosen:
    """`places`: where the person is; none if unknown. `usable`: FAQs that answer today."""
    rows = [row for row in catalogue.rows if row.faq in usable]
    here = [row for row in rows if near(row.region, places, lexicon) is not None]
    fittings: list[Fitting] = []
    excluded: list[Entitlement] = []
    for row in here:
        states = _states(row, profile, catalogue.equal_tiers)
        if states is None:
            continue
        decisive = [states[need] for need in _DECISIVE if need in states]
        limits = [states[need] for need in _LIMITS if need in states]
        if Fit.NO in decisive or Fit.OPEN in decisive:
            continue
        if Fit.NO in limits:
            excluded += [row] if row.limit else []
            continue
        fit = Fit.OPEN if Fit.OPEN in limits else Fit.YES
        close = near(row.region, places, lexicon) or 0
        fittings.append(Fitting(row=row, fit=fit, met=len(decisive), near=close))
    # What weighs most is kept, and then told from the nearest place outwards.
    fittings.sort(key=lambda one: (one.row.rank, -one.near, -one.fit, -one.met))
    kept = _spread(_nearest_of_group(fittings))[:MOST_SHOWN]
    weakest = max((one.row.rank for one in kept), default=0) if len(kept) == MOST_SHOWN else None
    open_rows = [row for row in here if weakest is None or row.rank <= weakest]
    about = places or {one.row.region for one in kept}
    return Chosen(
        shown=tuple(sorted(kept, key=lambda one: -one.near)),
        excluded=tuple(excluded[:2]),
        ask=_worth_asking(catalogue, profile, rows, open_rows, places, about, lexicon),
        places=_cities(rows, profile, catalogue.equal_tiers, places, lexicon),
    )


def answered(catalogue: Catalogue, profile: Profile, *, key: str, value: str) -> Profile:
    """The profile with the answer of one question; one that was never offered changes nothing."""
    asked = [*profile.asked, key] if key not in profile.asked else profile.asked
    known = profile.model_copy(update={"asked": asked})
    question = next((one for one in catalogue.questions if one.key == key), None)
    if question is None or value not in [option.value for option in question.options] or value == UNSURE:
        return known
    parsed: dict[str, Any] = {
        "arrived": int(value) if value.isdigit() else None,
        "card": value == "yes",
        "fulltime": value == "yes",
    }
    return known.model_copy(update={key: parsed.get(key, value)})


def option_said(catalogue: Catalogue, *, key: str, text: str) -> str | None:
    """The option a typed answer means: its title, or one of its words."""
    question = next((one for one in catalogue.questions if one.key == key), None)
    said = text.strip(" 。.!！~,，的了呢啊吧")
    for option in question.options if question else ():
        if said and said in (
            option.title,
            option.value,
            *option.words,
            *(w.rstrip("的") for w in option.words),
        ):
            return option.value
    return None


def still_says(faq: Faq, row: Entitlement) -> bool:
    """Staff may have changed the answer since the row was written: no old figure is told."""
    table = faq.answer.table
    cells = [cell for line in [table.head, *table.rows] for cell in line] if table else []
    said = [faq.question, faq.year, *faq.answer.paragraphs, *faq.answer.items, *cells]
    figures = set(_DIGITS.findall("\n".join(said)))
    return set(_DIGITS.findall(f"{row.line} {row.amount or ''}")) <= figures


def near(region: str, places: Collection[str], lexicon: Lexicon) -> int | None:
    """How narrow a row's place is for the person; None for another place. With no place known, what
    holds in a whole province is told with its scope."""
    if not places:
        return len(lexicon.chain(region)) if region.endswith("0000") else None
    return len(lexicon.chain(region)) if any(region in lexicon.chain(place) for place in places) else None


def _states(row: Entitlement, profile: Profile, equal: EqualTiers) -> Mapping[str, Fit] | None:
    """None: of no use to whom has that already."""
    if any(getattr(profile, key) for key in row.unless):
        return None
    states: dict[str, Fit] = {}
    for need, wanted in row.needs.model_dump(exclude_defaults=True).items():
        states[need] = _state(need, wanted, profile, row, equal)
    return states


def _state(need: str, wanted: Any, profile: Profile, row: Entitlement, equal: EqualTiers) -> Fit:
    if need == "age_max":
        return _known(profile.age, profile.age is not None and profile.age <= wanted)
    if need == "arrived_within":
        return _known(profile.arrived, profile.arrived is not None and profile.arrived <= wanted)
    have = getattr(profile, need)
    if need == "honour":
        return Fit.YES if set(have) & set(wanted) else Fit.OPEN
    if need == "tier":
        tiers = {have}
        if row.region[:4] == equal.within[:4]:
            tiers.add(equal.tiers.get(have or "", have))
        return _known(have, bool(tiers & set(wanted)))
    if isinstance(wanted, list):
        return _known(have, have in wanted)
    return _known(have, have == wanted)


def _known(value: object, holds: bool) -> Fit:
    if value is None:
        return Fit.OPEN
    return Fit.YES if holds else Fit.NO


def _nearest_of_group(fittings: Sequence[Fitting]) -> list[Fitting]:
    """A county with its own standard: the city's would look like a second one."""

    def beaten(one: Fitting) -> bool:
        return any(other.row.group == one.row.group and other.near > one.near for other in fittings)

    return [one for one in fittings if not (one.row.group and beaten(one))]


def _spread(fittings: Sequence[Fitting]) -> list[Fitting]:
    """One row of each FAQ before a second one of any."""
    first: list[Fitting] = []
    more: list[Fitting] = []
    for one in fittings:
        (more if any(other.row.faq == one.row.faq for other in first) else first).append(one)
    return [*first, *more]


def _worth_asking(
    catalogue: Catalogue,
    profile: Profile,
    rows: Sequence[Entitlement],
    open_rows: Sequence[Entitlement],
    places: Collection[str],
    about: Collection[str],
    lexicon: Lexicon,
) -> str | None:
    """The first question whose answer would change the list."""
    if PLACE not in profile.asked and _cities(rows, profile, catalogue.equal_tiers, places, lexicon):
        return PLACE
    if profile.employer:
        return None  # who asks for somebody else rarely knows more
    open_needs = {need for row in open_rows for need in _open_needs(row, profile, catalogue.equal_tiers)}
    for question in catalogue.questions:
        inside = any(question.within in lexicon.chain(place) for place in about)
        if question.key in open_needs and question.key not in profile.asked and inside:
            return question.key
    return None


def _open_needs(row: Entitlement, profile: Profile, equal: EqualTiers) -> Iterable[str]:
    """The one unknown of a row that would otherwise fit."""
    states = _states(row, profile, equal)
    if states is None or Fit.NO in states.values():
        return ()
    unknown = [need for need, state in states.items() if state is Fit.OPEN]
    return (_ASKED_OF.get(unknown[0], unknown[0]),) if len(unknown) == 1 else ()


def _cities(
    rows: Sequence[Entitlement],
    profile: Profile,
    equal: EqualTiers,
    places: Collection[str],
    lexicon: Lexicon,
) -> tuple[str, ...]:
    """Cities with something of their own for this person, where only the province, or nothing, is known."""
    if any(not place.endswith("0000") for place in places):
        return ()
    found: list[str] = []
    for row in rows:
        inside = not places or any(place in lexicon.chain(row.region) for place in places)
        city = row.region.endswith("00") and not row.region.endswith("0000")
        if not city or not inside:
            continue
        states = _states(row, profile, equal)
        decisive = [states[need] for need in _DECISIVE if need in states] if states else []
        if states and decisive and all(state is Fit.YES for state in decisive):
            found.append(row.region)
    return tuple(sorted(set(found)))[:MOST_PLACES]
