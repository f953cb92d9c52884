"""From what was found to what is said."""

import json
from collections.abc import Callable, Sequence
from datetime import date

from bot.conversation.content import AnswerLog, Button, Content, Reply, Source
from bot.knowledge.grounds import history_lead, status_of
from bot.knowledge.rules import Band
from bot.knowledge.schemas import Faq
from bot.knowledge.search import Found
from bot.text.lexicon import Lexicon
from bot.texts import sentence

HUMAN, MENU, NONE_OF_THESE = "/request_human", "/menu", "/none_of_these"


def human_button() -> Button:
    return Button(title=sentence("knowledge.human"), payload=HUMAN)


def menu_button() -> Button:
    return Button(title=sentence("knowledge.menu"), payload=MENU)


def faq_button(faq: Faq, *, placed: bool) -> Button:
    """`placed` puts the place before a title that does not name it."""
    bare = not faq.place or faq.place in faq.question or faq.place.rstrip("省市县区") in faq.question
    title = faq.question if bare or not placed else f"{faq.place}：{faq.question}"
    return Button(title=title, payload=_payload("pick_faq", faq=faq.key))


def render(found: Found, *, lexicon: Lexicon, today: date, follow: "FollowUps") -> Reply:
    log = AnswerLog(
        band=found.band.value,
        faq=found.faqs[0].key if _answers(found) else None,
        offered=[] if _answers(found) else [faq.key for faq in found.faqs],
        release=found.release,
        probability=round(found.probability, 4),
        scores=[
            {"faq": c.key, **{name: round(value, 4) for name, value in c.scores.items()}}
            for c in found.candidates
        ],
    )
    return Reply(content=_content(found, lexicon=lexicon, today=today, follow=follow), log=log)


FollowUps = Callable[[Faq], Sequence[Faq]]


def faq_content(faq: Faq, *, today: date, follow_ups: Sequence[Faq]) -> Content:
    """One FAQ as an answer, with what it rests on and how far it reaches."""
    buttons = [faq_button(other, placed=other.region != faq.region) for other in follow_ups]
    unsure = faq.confidence != "高"
    unpublished = faq.kind == "not_published"
    if faq.item and not unpublished:
        payload = _payload("start_application", item=faq.item)
        buttons.insert(0, Button(title=sentence("knowledge.start"), payload=payload))
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


def _content(found: Found, *, lexicon: Lexicon, today: date, follow: FollowUps) -> Content:
    place = "、".join(lexicon.region_name(code) for code in found.place.codes)
    match found.band:
        case Band.ANSWER | Band.NOT_PUBLISHED:
            faq = found.faqs[0]
            return faq_content(faq, today=today, follow_ups=follow(faq))
        case Band.OFFER:
            lead = (
                sentence("knowledge.offer_elsewhere", place=place)
                if found.elsewhere
                else sentence("knowledge.beside" if found.beside else "knowledge.offer")
            )
            placed = found.elsewhere or len({faq.region for faq in found.faqs}) > 1
            placed = placed or not found.place.named
            buttons = [faq_button(faq, placed=placed) for faq in found.faqs]
            title = sentence("knowledge.offer_none")
            return Content.say(lead, buttons=[*buttons, Button(title=title, payload=NONE_OF_THESE)])
        case Band.CLARIFY:
            buttons = [
                Button(title=lexicon.region_name(code), payload=_payload("choose_region", region=code))
                for code in found.regions
            ]
            return Content.say(
                sentence("knowledge.clarify"),
                buttons=[
                    *buttons,
                    Button(title=sentence("knowledge.other_place"), payload=NONE_OF_THESE),
                ],
            )
        case Band.NONE:
            # Only when the question is about our subject does the place explain the refusal.
            near = bool(found.candidates) and found.place.named and _near(found)
            return Content.say(
                sentence("knowledge.none_place", place=place) if near else sentence("knowledge.none"),
                sentence("knowledge.none_help"),
                sentence("knowledge.none_hotline"),
                buttons=[human_button(), menu_button()],
            )


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


def _payload(intent: str, **entities: str) -> str:
    return f"/{intent}{json.dumps(entities, ensure_ascii=False)}"
