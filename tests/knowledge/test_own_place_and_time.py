"""Over everything we ship: another city's rule is never given as one's own, nor what has ended as current."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.knowledge.answers import Asking, answer_message
from bot.knowledge.index import Index
from bot.knowledge.rules import Band
from bot.knowledge.schemas import Faq
from bot.knowledge.search import Snapshot, find
from tests.knowledge.records import TODAY

_ELSEWHERE = {"37": ("370500", "371700"), "35": ("350200", "350900")}  # cities we hold least about
_NATION = "000000"


def _faqs(snapshot: Snapshot) -> list[Faq]:
    return [entry.faq for entry in snapshot.index.entries]


def _without_place(snapshot: Snapshot, faq: Faq) -> str:
    """The standard question as somebody asks it who thinks of their own place."""
    lexicon = snapshot.index.analyser.lexicon
    text = faq.question
    for code in lexicon.chain(faq.region):
        region = lexicon.regions[code]
        for name in sorted((region.name, *region.aliases), key=len, reverse=True):
            text = text.replace(name, "")
    return text


@pytest.mark.parametrize("province", _ELSEWHERE)
def test_a_citys_rule_is_never_anothers(shipped: Snapshot, province: str) -> None:
    lexicon = shipped.index.analyser.lexicon
    wrong: dict[str, str] = {}
    for faq in _faqs(shipped):
        for place in _ELSEWHERE[province]:
            found = find(shipped, question=_without_place(shipped, faq), region=place, today=TODAY)
            given = found.faqs[0].region if found.faqs else _NATION
            named = found.place.named and place not in found.place.codes
            direct = found.band in (Band.ANSWER, Band.NOT_PUBLISHED)
            if direct and not named and given not in lexicon.chain(place):
                wrong[faq.key] = f"{place} got {found.faqs[0].key}"
    assert not wrong


def test_what_is_shown_from_elsewhere_says_so(shipped: Snapshot) -> None:
    """Offered by its place, or not at all."""
    lexicon = shipped.index.analyser.lexicon
    shown = 0
    for faq in _faqs(shipped):
        asking = Asking(question=_without_place(shipped, faq), region="370500", today=TODAY)
        for reply in answer_message(shipped, asking, follow_ups=lambda faq: []).replies:
            assert reply.content and reply.log
            foreign = [key for key in reply.log.offered if not _reaches(shipped, key, "370500")]
            buttons = {button.payload: button.title for button in reply.content.buttons}
            for key in foreign:
                place = shipped.index.entries[shipped.index.position_of[key]].faq.place
                title = buttons[f'/pick_faq{{"faq": "{key}"}}']
                said = " ".join(reply.content.paragraphs)
                assert place.rstrip("省市县区") in title or lexicon.region_name("370500") in said, key
                shown += 1
    assert shown > 0


def _reaches(snapshot: Snapshot, key: str, place: str) -> bool:
    faq = snapshot.index.entries[snapshot.index.position_of[key]].faq
    return faq.region in snapshot.index.analyser.lexicon.chain(place)


def test_after_its_last_day_no_answer_is_given_as_current(shipped: Snapshot) -> None:
    """Every FAQ is given an end, one tenth of them each time, so that its neighbours are still there."""
    last_day = TODAY
    for share in range(10):
        ended = [
            faq.model_copy(update={"valid_until": last_day}) if number % 10 == share else faq
            for number, faq in enumerate(_faqs(shipped))
        ]
        index = Index.build(analyser=shipped.index.analyser, faqs=ended)
        snapshot = replace(shipped, index=index)
        for faq in ended[share::10]:
            before = find(snapshot, question=faq.question, region=faq.region, today=last_day)
            after = find(snapshot, question=faq.question, region=faq.region, today=_next(last_day))
            assert before.band in (Band.ANSWER, Band.NOT_PUBLISHED), faq.key
            assert faq.key not in [one.key for one in after.faqs], faq.key


def _next(day: date) -> date:
    return day + timedelta(days=1)
