"""What a record entitles to: the rows of data/entitlements against what the record holds today. Pure.

The rules are those of the chat (`bot.knowledge.choosing.judge`); here only the record is read as a profile,
and a tier counts for a row alone if it belongs to the row's version of the scheme.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from bot.knowledge.choosing import Fit, Fitting, judge, near, nearest_of_group
from bot.knowledge.entitlements import Catalogue, Entitlement
from bot.knowledge.profile import Honour, Profile
from bot.talent.models import Card, CardStatus, Origin, Talent, TalentProgramme, TalentTier
from bot.talent.places import region_name
from bot.talent.rules import CardState, card_state, current_card, holds
from bot.talent.schemes import schemes
from bot.text.lexicon import Lexicon
from bot.texts import sentence

CARD = "山东惠才卡"
# 省级比照 stands in the 2021 version alone [Q02, Q09].
_EQUAL_FROM, _EQUAL_FOR = "fujian", "quanzhou-2021"
_LONG_AGO = 99  # years: nobody brought in is within any term of arrival
_JOBS: Mapping[str, tuple[str, ...]] = {
    "医生": ("医师", "医生"),
    "名师": ("特级教师", "名师", "名校长"),
    "科技特派员": ("科技特派员",),
    "农技": ("农艺师", "畜牧师", "农技"),
}


class Standing(StrEnum):
    FITS = "可以对照"
    OPEN = "还要核实"  # everything holds but a limit the record says nothing of
    LIMIT = "条件不符"
    OTHER_VERSION = "口径不同"  # the tier was recognised under another version of the scheme


@dataclass(frozen=True, slots=True)
class Record:
    talent: Talent
    tiers: Sequence[TalentTier] = ()
    programmes: Sequence[TalentProgramme] = ()
    cards: Sequence[Card] = ()


@dataclass(frozen=True, slots=True)
class Entitled:
    row: Entitlement
    standing: Standing
    reasons: tuple[str, ...]  # which fields of the record


def entitled_to(
    record: Record,
    *,
    catalogue: Catalogue,
    usable: Collection[str],
    lexicon: Lexicon,
    today: date,
    rows: Iterable[Entitlement] | None = None,
) -> list[Entitled]:
    """What weighs most first. `usable`: FAQs whose answers hold today. `rows`: only these."""
    places = (record.talent.region,)
    reading = _Reading(record, catalogue, today)
    found: list[Entitled] = []
    fitting: list[Fitting] = []
    for row in catalogue.rows if rows is None else rows:
        close = near(row.region, places, lexicon)
        if row.faq not in usable or close is None:
            continue
        one = _weigh(row, reading, catalogue)
        if one is None:
            continue
        found.append(one)
        if one.standing in (Standing.FITS, Standing.OPEN):
            fit = Fit.YES if one.standing is Standing.FITS else Fit.OPEN
            fitting.append(Fitting(row, fit, met=0, near=close))
    nearest = {one.row.key for one in nearest_of_group(fitting)}
    hidden = {one.row.key for one in fitting} - nearest
    order = list(Standing)
    return sorted(
        (one for one in found if one.row.key not in hidden),
        key=lambda one: (order.index(one.standing), one.row.rank, one.row.key),
    )


def card_notice(record: Record, today: date) -> tuple[CardState, Card] | None:
    """The card, where it gives nothing now, so that this is said."""
    card = current_card([card for card in record.cards if card.kind == CARD])
    if card is None or (state := card_state(card, today)) is CardState.VALID:
        return None
    return state, card


class _Reading:
    """A record read once for all rows."""

    def __init__(self, record: Record, catalogue: Catalogue, today: date) -> None:
        talent = record.talent
        self.record, self.today = record, today
        self.tiers = [tier for tier in record.tiers if holds(tier, today)]
        self.cards = [card for card in record.cards if card.kind == CARD]
        self.has_card = any(card.status != CardStatus.REPLACED for card in self.cards)
        valid = [card for card in self.cards if card_state(card, today) is CardState.VALID]
        running = [one for one in record.programmes if one.valid_to is None or one.valid_to >= today]
        over = [one for one in record.programmes if one not in running]
        self.honours = _honours([*talent.honours, *(one.name for one in record.programmes)], catalogue)
        ended = _honours([one.name for one in over], catalogue)
        still = _honours([one.name for one in running], catalogue)
        self.in_term = [one for one in self.honours if one in still or one not in ended]
        self.profile = Profile(
            degree=talent.education,
            top=talent.top_school,
            age=_age(talent.birth_year, catalogue, today),
            honour=self.honours,
            arrived=_arrived(talent, today),
            graduate=talent.graduated_on.year == today.year if talent.graduated_on else None,
            card=any(card.valid_from <= today for card in valid),
            fulltime=talent.fulltime,
            foreign=not talent.nationality.startswith("中国"),
            postdoc=talent.postdoc,
            job=_job(talent, record.programmes),
            employer=False,
        )

    def profile_for(self, row: Entitlement) -> Profile:
        """With the tier of the row's scheme, and no other."""
        held = self.held(row)
        changed: dict[str, Any] = {"tier": held.tier if held else None}
        if row.in_term:
            changed["honour"] = self.in_term
        return self.profile.model_copy(update=changed)

    def held(self, row: Entitlement) -> TalentTier | None:
        """The tier that counts for the row; a row without a scheme only asks whether there is any."""
        if row.scheme is None:
            return self.tiers[0] if self.tiers else None
        own = [tier for tier in self.tiers if tier.scheme == row.scheme]
        if not own and row.scheme == _EQUAL_FOR:
            own = [tier for tier in self.tiers if tier.scheme == _EQUAL_FROM]
        return max(own, key=lambda tier: tier.valid_from, default=None)

    def other_version(self, row: Entitlement) -> TalentTier | None:
        """A tier the row names, held under another version of a scheme of the same place."""
        if row.scheme is None or not row.needs.tier:
            return None
        place = schemes()[row.scheme].region
        return next(
            (
                tier
                for tier in self.tiers
                if tier.scheme != row.scheme
                and tier.tier in row.needs.tier
                and tier.scheme in schemes()
                and schemes()[tier.scheme].region == place
            ),
            None,
        )


def _weigh(row: Entitlement, reading: _Reading, catalogue: Catalogue) -> Entitled | None:
    if "card" in row.unless and reading.has_card:
        return None  # one that is suspended or has run out is no reason to apply for the first one
    profile = reading.profile_for(row)
    judged = judge(row, profile, catalogue.equal_tiers)
    if judged is None:
        other = reading.other_version(row)
        if other is None:
            return None
        assert row.scheme is not None
        why = sentence(
            "entitled.other_version",
            held=schemes()[other.scheme].name,
            tier=other.tier,
            meant=schemes()[row.scheme].name,
        )
        return Entitled(row, Standing.OTHER_VERSION, (why,))
    if judged.fit is Fit.NO:
        return Entitled(row, Standing.LIMIT, (row.limit,)) if row.limit else None
    reasons = [
        _reason(need, row, profile, reading) for need, state in judged.states.items() if state is Fit.YES
    ]
    reasons.append(sentence("entitled.region", place=region_name(reading.record.talent.region)))
    standing = Standing.FITS if judged.fit is Fit.YES else Standing.OPEN
    return Entitled(row, standing, tuple(reasons))


def _reason(need: str, row: Entitlement, profile: Profile, reading: _Reading) -> str:
    """Which field of the record decided."""
    talent = reading.record.talent
    match need:
        case "degree":
            return sentence("entitled.degree", value=profile.degree)
        case "tier":
            held = reading.held(row)  # the same name stands in several versions
            assert held is not None
            scheme = schemes().get(held.scheme)
            return sentence("entitled.tier", value=held.tier, scheme=scheme.name if scheme else held.scheme)
        case "honour":
            return sentence(
                "entitled.honour", value="、".join(one for one in profile.honour if one in row.needs.honour)
            )
        case "arrived_within":
            return sentence(
                "entitled.arrived", value=f"{talent.arrived_on:%Y-%m}" if talent.arrived_on else ""
            )
        case "age_max":
            return sentence("entitled.age", value=talent.birth_year)
        case "postdoc" | "job":
            return sentence(f"entitled.{need}", value=getattr(profile, need))
        case _:
            return sentence(f"entitled.{need}")


def _honours(names: Iterable[str], catalogue: Catalogue) -> list[str]:
    """Values of the catalogue, with what each counts as."""
    held: list[str] = []
    for name in names:
        found = _honour(name, catalogue.honours)
        held += [found.value, *found.also] if found else [name]
    return list(dict.fromkeys(held))


def _honour(name: str, honours: Sequence[Honour]) -> Honour | None:
    """By its value, else the longest pattern the name holds."""
    for honour in honours:
        if honour.value == name:
            return honour
    held = [(len(p), honour) for honour in honours for p in honour.patterns if p in name]
    return max(held, key=lambda one: one[0])[1] if held else None


def _age(born: int | None, catalogue: Catalogue, today: date) -> int | None:
    """In years; unknown where the day of birth, which the record lacks, would decide."""
    if born is None:
        return None
    age = today.year - born
    return None if age - 1 in {row.needs.age_max for row in catalogue.rows} else age


def _arrived(talent: Talent, today: date) -> int | None:
    """Years begun since the person was brought in: 3 years and a day are more than 3."""
    if talent.origin == Origin.HOME:
        return _LONG_AGO
    if talent.arrived_on is None:
        return None
    day = talent.arrived_on
    whole = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    return max(0, whole if (today.month, today.day) == (day.month, day.day) else whole + 1)


def _job(talent: Talent, programmes: Sequence[TalentProgramme]) -> str | None:
    said = "，".join([talent.title or "", talent.position or "", *(one.name for one in programmes)])
    return next((job for job, words in _JOBS.items() if any(word in said for word in words)), None)
