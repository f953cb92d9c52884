"""「我能享受什么」: what one's own record entitles to, with reason, figure, year, place and basis."""

from bot.conversation.content import Button, Content, Source
from bot.knowledge.entitlements import still_says
from bot.mine.card import CARD_PLACE, RENEW
from bot.mine.words import apply_button, human_button, say
from bot.runtime import Runtime
from bot.talent.entitled import Entitlements, entitlements_of
from bot.talent.entitled_record import Entitled, Standing
from bot.talent.rules import CardState

SHOWN, LEFT_OUT = 8, 3
_SOURCES = 6
SUGGESTION = 5  # rows of this rank and beyond are something to apply for, no benefit held


async def my_benefits(rt: Runtime, *, talent_id: str) -> Content:
    found = await entitlements_of(rt, talent_id=talent_id)
    if found is None:
        return Content.say(say("benefits_none"), buttons=[human_button()])
    listed = [one for one in found.found if one.standing in (Standing.FITS, Standing.OPEN)][:SHOWN]
    left = [one for one in found.found if one.standing not in (Standing.FITS, Standing.OPEN)][:LEFT_OUT]
    notices, buttons = _card(rt, found)
    if not listed:
        left_out = [_left_out(one) for one in left]
        return Content(
            paragraphs=[*notices, say("benefits_none")], items=left_out, buttons=[*buttons, human_button()]
        )
    return Content(
        paragraphs=[say("benefits_lead"), *notices],
        items=[*(_line(one, found) for one in listed), *map(_left_out, left)],
        caution=say("benefits_caution"),
        scope="、".join(dict.fromkeys(one.row.place for one in listed)),
        sources=_sources(listed, found),
        buttons=[*buttons, *_answers(listed), human_button()],
        feedback=True,
    )


def _line(one: Entitled, found: Entitlements) -> str:
    row = one.row
    if not still_says(found.faqs[row.faq], row):
        return say("benefit_changed", title=row.title, place=row.place)
    marks = [row.place, say("benefit_year", year=row.year) if row.year else say("benefit_no_year")]
    marks += [say("benefit_unofficial")] if row.confidence == "低" else []
    marks.append(say("benefit_free" if row.key in found.offered else "benefit_apply"))
    open_limit = say("benefit_open", limit=row.limit) if one.standing is Standing.OPEN and row.limit else ""
    return say(
        "benefit_line",
        title=row.title,
        line=row.line,
        marks="；".join(marks),
        reasons="，".join(one.reasons),
        limit=open_limit,
    )


def _left_out(one: Entitled) -> str:
    return say("benefit_left_out", title=one.row.title, place=one.row.place, why="；".join(one.reasons))


def _card(rt: Runtime, found: Entitlements) -> tuple[list[str], list[Button]]:
    if found.card is None:
        return [], []
    state, card = found.card
    if state is CardState.EXPIRED:
        return [say("benefit_card_expired", day=card.valid_to)], apply_button(rt, RENEW, region=CARD_PLACE)
    return [say("benefit_card_stopped", status=state.value)], []


def _answers(listed: list[Entitled]) -> list[Button]:
    titles: dict[str, str] = {}
    for one in listed:
        titles.setdefault(one.row.faq, one.row.title)
    return [Button(title=title, payload=f'/pick_faq{{"faq": "{key}"}}') for key, title in titles.items()]


def _sources(listed: list[Entitled], found: Entitlements) -> list[Source]:
    sources: dict[tuple[str, str | None], Source] = {}
    for one in listed:
        for source in found.faqs[one.row.faq].sources:
            plain = Source(**source.model_dump(exclude={"code"}))
            sources.setdefault((plain.title, plain.number), plain)
    return list(sources.values())[:_SOURCES]
