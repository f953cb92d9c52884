"""From what a person says about themselves to the list of what may be theirs. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from bot.conversation.content import AnswerLog, Button, Content, Reply, Source
from bot.knowledge.choosing import Chosen, Fit, Fitting, choose
from bot.knowledge.entitlements import PLACE, Catalogue, Entitlement, answered, option_said, still_says
from bot.knowledge.follow_up import valid
from bot.knowledge.profile import Profile, asks_openly, merged, only_states, read
from bot.knowledge.render import human_button, payload
from bot.knowledge.rules import place_asked
from bot.knowledge.schemas import Faq
from bot.knowledge.search import Snapshot
from bot.text.lexicon import Lexicon
from bot.texts import sentence

MOST_QUESTIONS = 3  # asked one at a time; after that the list stands as it is
SHOWN_BEFORE_PLACE = 3
ELSEWHERE = "other"
# 「那博士呢」 below a list: the same for somebody else.
_AND = re.compile(r"(?:那么?|要是|如果|换成)?.{1,10}呢[?？]?")
_MOST_SOURCES = 6


@dataclass(frozen=True)
class Heard:
    """One message, and what the talk knows already."""

    text: str
    known: Mapping[str, Any] | None = None  # the profile kept so far
    told: str | None = None  # a pressed answer: key=value
    again: bool = False  # the same question as before, now with a place
    leaning: bool = False  # a subject is being talked about


@dataclass(frozen=True)
class Considered:
    profile: Profile
    fresh: bool  # the message is the question itself, not an answer below its list


@dataclass(frozen=True)
class Told:
    """What is said, and what the next message may lean on."""

    reply: Reply
    profile: dict[str, Any]
    fresh: bool
    asks: bool
    waits_for_place: bool


def consider(heard: Heard, *, snapshot: Snapshot, catalogue: Catalogue) -> Considered | None:
    """Whom the list is for; None if the message is no matter of this."""
    lexicon = snapshot.index.analyser.lexicon
    known = Profile.model_validate(heard.known) if heard.known is not None else None
    if heard.told is not None:
        key, _, value = heard.told.partition("=")
        return Considered(answered(catalogue, known or Profile(), key=key, value=value), fresh=False)
    if known and known.asked and not heard.again:
        said = option_said(catalogue, key=known.asked[-1], text=heard.text)
        if known.asked[-1] == PLACE and heard.text.strip() == sentence("profile.other_city"):
            said = ELSEWHERE
        if said is not None:
            return Considered(answered(catalogue, known, key=known.asked[-1], value=said), fresh=False)
    # A sentence of the knowledge itself has its own answer.
    if snapshot.index.question(heard.text).analysed.core in snapshot.index.exact:
        return None
    new = read(heard.text, lexicon=lexicon, honours=catalogue.honours)
    if heard.again:  # the place told now, not the one of the question before
        new = new.model_copy(update={"regions": []})
    if asks_openly(heard.text, new, lexicon=lexicon):
        again = known.model_copy(update={"regions": []}) if known and heard.again else None
        return Considered(merged(new, again) if again else new, fresh=True)
    if known and _AND.fullmatch(heard.text.strip()) and (new.says_something or new.regions):
        return Considered(merged(known, new), fresh=False)
    if not only_states(heard.text, new, lexicon=lexicon, more=known is not None):
        return None
    if known:
        return Considered(merged(known, new), fresh=False)
    return None if heard.leaning else Considered(new, fresh=True)


def meant_by(text: str, *, yes: bool, profile: Mapping[str, Any] | None, catalogue: Catalogue) -> str | None:
    """What a typed yes or no tells: one of the open question's options."""
    asked = Profile.model_validate(profile).asked if profile else []
    if not asked:
        return None
    question = next((one for one in catalogue.questions if one.key == asked[-1]), None)
    values = {option.value for option in question.options} if question else set()
    value = option_said(catalogue, key=asked[-1], text=text)
    if value is None and {"yes", "no"} <= values:
        value = "yes" if yes else "no"
    return f"{asked[-1]}={value}" if value else None


def tell(
    considered: Considered, *, snapshot: Snapshot, catalogue: Catalogue, region: str | None, today: date
) -> Told | None:
    """The list with the one question worth asking; None if nothing known fits."""
    profile = considered.profile
    lexicon = snapshot.index.analyser.lexicon
    entries = {entry.faq.key: entry.faq for entry in snapshot.index.entries}
    current = {key: faq for key, faq in entries.items() if faq.kind == "answer" and valid(faq, today)}
    places = place_asked(named=profile.regions, region=region, lexicon=lexicon).codes
    chosen = choose(catalogue, profile, places=places, usable=current, lexicon=lexicon)
    ask = chosen.ask if len(profile.asked) < MOST_QUESTIONS else None
    if not chosen.shown and ask != PLACE:
        return None
    if ask == PLACE:  # the answer brings another list, so this one may be short
        chosen = replace(chosen, shown=chosen.shown[:SHOWN_BEFORE_PLACE])
    faqs = [current[key] for key in dict.fromkeys(one.row.faq for one in chosen.shown)]
    content = Content(
        paragraphs=_leads(profile, chosen, places, catalogue, lexicon),
        items=[_line(one, current[one.row.faq]) for one in chosen.shown]
        + [sentence("profile.excluded", title=row.title, limit=row.limit) for row in chosen.excluded],
        question=_question(ask, catalogue),
        caution=_caution(chosen) if chosen.shown else None,
        scope="、".join(dict.fromkeys(one.row.place for one in chosen.shown)) or None,
        sources=_sources(faqs),
        buttons=[
            *_options(ask, chosen, catalogue, lexicon),
            *_answers(chosen),
            *([human_button()] if chosen.shown else []),
        ],
        feedback=bool(chosen.shown),
    )
    log = AnswerLog(band="offer", offered=[faq.key for faq in faqs], release=snapshot.release)
    kept = profile.model_copy(update={"asked": [*profile.asked, ask]}) if ask else profile
    return Told(Reply(content=content, log=log), kept.told(), considered.fresh, ask is not None, ask == PLACE)


def _leads(
    profile: Profile, chosen: Chosen, places: Sequence[str], catalogue: Catalogue, lexicon: Lexicon
) -> list[str]:
    """What was understood is said, so that a misunderstanding shows."""
    told = [
        None if profile.postdoc else profile.degree,
        _tier(profile, places, catalogue, lexicon),
        *profile.honour[:1],
    ]
    told += [sentence("profile.postdoc", where=profile.postdoc)] if profile.postdoc else []
    told += [sentence("profile.age", age=profile.age)] if profile.age else []
    flags = {
        "foreign": profile.foreign,
        "fulltime": profile.fulltime,
        "parttime": profile.fulltime is False,
        "card": profile.card,
        "no_card": profile.card is False,
    }
    told += [sentence(f"profile.is_{name}") for name, holds in flags.items() if holds]
    told += [profile.job] if profile.job else []
    told += [lexicon.region_name(code) for code in places]
    listed = "、".join(one for one in told if one)
    if not chosen.shown:
        return [sentence("profile.place_first", told=listed)]
    lead = sentence("profile.lead_employer" if profile.employer else "profile.lead", told=listed)
    return [lead, *_gap(chosen, places, lexicon)]


def _tier(profile: Profile, places: Sequence[str], catalogue: Catalogue, lexicon: Lexicon) -> str | None:
    equal = catalogue.equal_tiers
    counts_as = equal.tiers.get(profile.tier or "")
    if counts_as is None or not any(equal.within in lexicon.chain(place) for place in places):
        return profile.tier
    city = lexicon.region_name(equal.within)
    return sentence("profile.counts_as", tier=profile.tier, city=city, counts_as=counts_as)


def _gap(chosen: Chosen, places: Sequence[str], lexicon: Lexicon) -> list[str]:
    """A city without anything of its own is told so: what follows is the province's."""
    city = next((place for place in places if not place.endswith("0000")), None)
    if city is None or any(one.row.region[:4] == city[:4] for one in chosen.shown):
        return []
    return [sentence("profile.no_city", place=lexicon.region_name(city))]


def _line(one: Fitting, faq: Faq) -> str:
    row = one.row
    if not still_says(faq, row):
        return sentence("profile.line_changed", title=row.title, place=row.place)
    marks = [row.place, sentence("profile.year", year=row.year) if row.year else sentence("profile.no_year")]
    marks += [sentence("profile.unofficial")] if row.confidence == "低" else []
    if row.limit and not (one.fit is Fit.YES and _has_limits(row)):
        marks.append(row.limit)
    return sentence("profile.line", title=row.title, line=row.line, marks="；".join(marks))


def _has_limits(row: Entitlement) -> bool:
    needs = row.needs
    return any(value is not None for value in (needs.age_max, needs.arrived_within, needs.fulltime))


def _caution(chosen: Chosen) -> str:
    low = any(one.row.confidence == "低" for one in chosen.shown)
    return sentence("profile.caution_low" if low else "profile.caution")


def _question(ask: str | None, catalogue: Catalogue) -> str | None:
    if ask is None:
        return None
    if ask == PLACE:
        return sentence("profile.ask_place")
    return next(one.ask for one in catalogue.questions if one.key == ask)


def _options(ask: str | None, chosen: Chosen, catalogue: Catalogue, lexicon: Lexicon) -> list[Button]:
    if ask is None:
        return []
    if ask == PLACE:
        cities = [
            Button(title=lexicon.region_name(code), payload=payload("choose_region", region=code))
            for code in chosen.places
        ]
        other = Button(
            title=sentence("profile.other_city"),
            payload=payload("tell_profile", told=f"{PLACE}={ELSEWHERE}"),
        )
        return [*cities, other]
    question = next(one for one in catalogue.questions if one.key == ask)
    return [
        Button(title=option.title, payload=payload("tell_profile", told=f"{ask}={option.value}"))
        for option in question.options
    ]


def _answers(chosen: Chosen) -> list[Button]:
    """The whole answer behind each line, called as the line is: a standard question would be longer."""
    titles: dict[str, str] = {}
    for one in chosen.shown:
        titles.setdefault(one.row.faq, one.row.title)
    return [Button(title=title, payload=payload("pick_faq", faq=key)) for key, title in titles.items()]


def _sources(faqs: Sequence[Faq]) -> list[Source]:
    found: dict[tuple[str, str | None], Source] = {}
    for faq in faqs:
        for source in faq.sources:
            plain = Source(**source.model_dump(exclude={"code"}))
            found.setdefault((plain.title, plain.number), plain)
    return list(found.values())[:_MOST_SOURCES]
