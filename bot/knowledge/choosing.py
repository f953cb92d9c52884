"""Which entitlements fit a person, and what is worth asking first. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from bot.knowledge.entitlements import PLACE, Catalogue, Entitlement, EqualTiers
from bot.knowledge.profile import Profile
from bot.text.lexicon import Lexicon

MOST_SHOWN = 5
MOST_PLACES = 7


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
class Judged:
    """One row against one person: the worst of its limits, and each need by itself."""

    fit: Fit
    states: Mapping[str, Fit]


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
        judged = judge(row, profile, catalogue.equal_tiers)
        if judged is None:
            continue
        if judged.fit is Fit.NO:
            excluded += [row] if row.limit else []
            continue
        close = near(row.region, places, lexicon) or 0
        met = len([need for need in judged.states if need in _DECISIVE])
        fittings.append(Fitting(row=row, fit=judged.fit, met=met, near=close))
    # What weighs most is kept, and then told from the nearest place outwards.
    fittings.sort(key=lambda one: (one.row.rank, -one.near, -one.fit, -one.met))
    kept = _spread(nearest_of_group(fittings))[:MOST_SHOWN]
    weakest = max((one.row.rank for one in kept), default=0) if len(kept) == MOST_SHOWN else None
    open_rows = [row for row in here if weakest is None or row.rank <= weakest]
    about = places or {one.row.region for one in kept}
    return Chosen(
        shown=tuple(sorted(kept, key=lambda one: -one.near)),
        excluded=tuple(excluded[:2]),
        ask=_worth_asking(catalogue, profile, rows, open_rows, places, about, lexicon),
        places=_cities(rows, profile, catalogue.equal_tiers, places, lexicon),
    )


def judge(row: Entitlement, profile: Profile, equal: EqualTiers) -> Judged | None:
    """None: nothing says that the row concerns this person. NO: everything holds but a limit."""
    states = _states(row, profile, equal)
    if states is None:
        return None
    if any(state is not Fit.YES for need, state in states.items() if need in _DECISIVE):
        return None
    fit = min((state for need, state in states.items() if need in _LIMITS), default=Fit.YES)
    return Judged(fit, states)


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


def nearest_of_group(fittings: Sequence[Fitting]) -> list[Fitting]:
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
