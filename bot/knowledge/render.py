"""From what was found to what is said."""

import json
import zlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from bot.conversation.content import AnswerLog, Button, Content, Reply, Source
from bot.knowledge.focus import Focus, line_of
from bot.knowledge.grounds import history_lead, status_of
from bot.knowledge.leaning import Following, Manner
from bot.knowledge.rules import Band
from bot.knowledge.schemas import Faq
from bot.knowledge.search import Found
from bot.text.lexicon import Lexicon
from bot.texts import sentence

HUMAN, MENU, NONE_OF_THESE = "/request_human", "/menu", "/none_of_these"
NONE_VARIANTS, NONE_PLACE_VARIANTS = 4, 3
FollowUps = Callable[[Faq], Sequence[Faq]]


@dataclass(frozen=True)
class Voice:
    """Which of several wordings: the same when a turn is run again, another than was just said."""

    seed: str = ""
    said: Collection[str] = ()  # paragraphs of the last turn

    def one_of(self, name: str, *, count: int, **values: object) -> str:
        texts = [sentence(f"knowledge.{name}_{number}", **values) for number in range(1, count + 1)]
        fresh = [text for text in texts if text not in self.said] or texts
        return fresh[zlib.crc32(self.seed.encode()) % len(fresh)]


def human_button() -> Button:
    return Button(title=sentence("knowledge.human"), payload=HUMAN)


def menu_button() -> Button:
    return Button(title=sentence("knowledge.menu"), payload=MENU)


def faq_button(faq: Faq, *, placed: bool) -> Button:
    """`placed` puts the place before a title that does not name it."""
    bare = not faq.place or faq.place in faq.question or faq.place.rstrip("省市县区") in faq.question
    title = faq.question if bare or not placed else f"{faq.place}：{faq.question}"
    return Button(title=title, payload=payload("pick_faq", faq=faq.key))


def ask_button(question: str, *, title: str) -> Button:
    """A question that was put off: pressed, it is asked."""
    return Button(title=title, payload=payload("ask_policy", question=question))


def region_button(code: str, *, lexicon: Lexicon) -> Button:
    return Button(title=lexicon.region_name(code), payload=payload("choose_region", region=code))


def render(
    following: Following, *, lexicon: Lexicon, today: date, follow: FollowUps, voice: Voice | None = None
) -> Reply:
    found = following.found
    content, band = _content(following, lexicon=lexicon, today=today, follow=follow, voice=voice or Voice())
    log = AnswerLog(
        band=band.value,
        faq=found.faqs[0].key if _answers(found) else None,
        offered=[] if _answers(found) else [faq.key for faq in found.faqs],
        release=found.release,
        probability=round(found.probability, 4),
        scores=[
            {"faq": c.key, **{name: round(value, 4) for name, value in c.scores.items()}}
            for c in found.candidates
        ],
    )
    return Reply(content=content, log=log)


def faq_content(faq: Faq, *, today: date, follow_ups: Sequence[Faq]) -> Content:
    """One FAQ as an answer, with what it rests on and how far it reaches."""
    buttons = [faq_button(other, placed=other.region != faq.region) for other in follow_ups]
    unsure = faq.confidence != "高"
    unpublished = faq.kind == "not_published"
    if faq.item and not unpublished:
        start = payload("start_application", item=faq.item)
        buttons.insert(0, Button(title=sentence("knowledge.start"), payload=start))
    if unsure or unpublished:
        buttons.append(human_button())
    return Content(
        paragraphs=[*history_lead(faq, today=today), *faq.answer.paragraphs],
        items=list(faq.answer.items),
        table=faq.answer.table,
        caution=_caution(faq),
        scope=_scope(faq),
        status=None if unpublished else status_of(faq, today=today),
        sources=[Source(**source.model_dump(exclude={"code"})) for source in faq.sources],
        buttons=buttons,
        feedback=True,
    )


def gone_reply(*, release: int) -> Reply:
    """A button pressed after its FAQ was withdrawn."""
    content = Content.say(sentence("knowledge.gone"), buttons=[menu_button(), human_button()])
    return Reply(content=content, log=AnswerLog(band="none", release=release))


def _content(
    following: Following, *, lexicon: Lexicon, today: date, follow: FollowUps, voice: Voice
) -> tuple[Content, Band]:
    found = following.found
    match found.band:
        case Band.ANSWER | Band.NOT_PUBLISHED:
            faq = found.faqs[0]
            whole = faq_content(faq, today=today, follow_ups=follow(faq))
            if found.gap:
                _name_gap(whole, found.gap)
            return _given(following, faq, whole, lexicon=lexicon)
        case Band.OFFER:
            return _offer(found, lexicon=lexicon), found.band
        case Band.CLARIFY:
            buttons = [region_button(code, lexicon=lexicon) for code in found.regions]
            other = Button(title=sentence("knowledge.other_place"), payload=NONE_OF_THESE)
            return Content.say(sentence("knowledge.clarify"), buttons=[*buttons, other]), found.band
        case Band.NONE:
            return _refusal(following, lexicon=lexicon, voice=voice), found.band


def _name_gap(content: Content, gap: Faq) -> None:
    """The person may have meant what nobody published: said, and a person offered."""
    content.question = sentence("knowledge.gap_near", question=gap.question)
    if not any(button.payload == HUMAN for button in content.buttons):
        content.buttons.append(human_button())


def _given(following: Following, faq: Faq, whole: Content, *, lexicon: Lexicon) -> tuple[Content, Band]:
    band = following.found.band
    if following.manner is Manner.WHY:
        titles = "；".join(f"《{source.title}》{source.number or ''}" for source in faq.sources)
        lead = sentence("knowledge.why", sources=titles) if titles else sentence("knowledge.why_unknown")
        kept = {"paragraphs": [lead], "items": [], "table": None, "buttons": [human_button()]}
        return whole.model_copy(update=kept), Band.NOT_PUBLISHED
    if following.manner is Manner.WIDER:
        lead = sentence("knowledge.wider", place=lexicon.region_name(following.place), wider=faq.place)
        whole.paragraphs.insert(0, lead)
    if following.focus is None or band is not Band.ANSWER:
        return whole, band
    row, asked = following.manner is Manner.ROW, following.found.normalised
    return _focussed(following.focus, faq, whole, only=row, lexicon=lexicon, asked=asked)


def _focussed(
    focus: Focus, faq: Faq, whole: Content, *, only: bool, lexicon: Lexicon, asked: str
) -> tuple[Content, Band]:
    """The figure of the tier or degree that was asked for goes first."""
    line = line_of(faq.answer, focus=focus, lexicon=lexicon, only=only, asked=asked)
    if line is None:
        return whole, Band.ANSWER
    before = whole.paragraphs[: len(whole.paragraphs) - len(faq.answer.paragraphs)]
    if not line.found and not only:
        whole.paragraphs.insert(len(before), line.lead)
        return whole, Band.ANSWER
    cut = {
        "paragraphs": [*before, line.lead, *line.answer.paragraphs],
        "items": list(line.answer.items),
        "table": line.answer.table,
    }
    if line.found:
        return whole.model_copy(update=cut), Band.ANSWER
    return whole.model_copy(update=cut | {"buttons": [human_button()]}), Band.NOT_PUBLISHED


def _offer(found: Found, *, lexicon: Lexicon) -> Content:
    place = _place(found, lexicon)
    if found.elsewhere:
        lead = sentence("knowledge.offer_elsewhere", place=place)
    else:
        one = "knowledge.offer_one" if len(found.faqs) == 1 else "knowledge.offer"
        lead = sentence("knowledge.beside" if found.beside else one)
    several = len({faq.region for faq in found.faqs}) > 1
    placed = found.elsewhere or several or not (found.place.named or found.beside)
    buttons = [faq_button(faq, placed=placed) for faq in found.faqs]
    none = Button(title=sentence("knowledge.offer_none"), payload=NONE_OF_THESE)
    return Content.say(lead, buttons=[*buttons, none, human_button()])


def _refusal(following: Following, *, lexicon: Lexicon, voice: Voice) -> Content:
    """Short, and with the next useful step."""
    found = following.found
    if following.manner is Manner.UNSAID:
        lead = sentence("knowledge.unsaid", subject=following.subject, point=following.point)
        more = sentence("knowledge.unsaid_more" if found.faqs else "knowledge.unsaid_human")
        buttons = [faq_button(faq, placed=False) for faq in found.faqs]
        return Content.say(lead, more, buttons=[*buttons, human_button()])
    # Only when the question is about our subject does the place explain the refusal.
    if found.candidates and found.place.named and _near(found):
        place = _place(found, lexicon)
        lead = voice.one_of("none_place", count=NONE_PLACE_VARIANTS, place=place)
    else:
        lead = voice.one_of("none", count=NONE_VARIANTS)
    return Content.say(lead, buttons=[human_button(), menu_button()])


def _place(found: Found, lexicon: Lexicon) -> str:
    return "、".join(lexicon.region_name(code) for code in found.place.codes)


def _near(found: Found) -> bool:
    """A candidate shares the question's item or programme."""
    best = found.candidates[0].scores
    return best["item_agree"] > 0 or best["programme_agree"] > 0


def _answers(found: Found) -> bool:
    return found.band in (Band.ANSWER, Band.NOT_PUBLISHED)


def _caution(faq: Faq) -> str | None:
    match faq.confidence:
        case "中":
            return sentence("knowledge.caution")
        case "低":
            return sentence("knowledge.caution_low")
        case _:
            return None


def _scope(faq: Faq) -> str:
    if not faq.year:
        return faq.place
    return sentence("knowledge.year", place=faq.place, year=faq.year)


def payload(intent: str, **entities: str) -> str:
    return f"/{intent}{json.dumps(entities, ensure_ascii=False)}"
