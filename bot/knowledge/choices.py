"""What to choose from when there is no answer to give: a place's questions, a better question. Pure."""

from collections.abc import Collection, Sequence
from datetime import date

from bot.conversation.content import Button, Content
from bot.knowledge.follow_up import valid
from bot.knowledge.index import Index
from bot.knowledge.render import faq_button, human_button
from bot.knowledge.schemas import Faq
from bot.text.lexicon import NATION
from bot.texts import sentence

_MOST = 3
_MOST_BUTTONS = 5
_SUBJECTS = ("item", "programme")


def place_content(index: Index, *, code: str, buttons: Sequence[Button], today: date) -> Content:
    """A place was told and nothing asked: what can be asked there, its own rules first."""
    lexicon = index.analyser.lexicon
    steps = [step for step in lexicon.chain(code) if not step.endswith("0000") or step == code != NATION]
    own: dict[str, Faq] = {}
    for entry in index.entries:
        faq = entry.faq
        if faq.region in steps and faq.kind == "answer" and valid(faq, today):
            own.setdefault(faq.category, faq)
    name = sentence(
        "knowledge.place_set" if own else "knowledge.place_wider", place=lexicon.region_name(code)
    )
    local = [faq_button(faq, placed=False) for faq in own.values()][:_MOST]
    others = [button for button in buttons if button not in local]
    return Content.say(name, buttons=[*local, *others][:_MOST_BUTTONS])


def better_question(
    index: Index, *, question: str, region: str | None, offered: Collection[str], today: date
) -> Content:
    """Asked after 「都不是」: what the question left unsaid."""
    asked = index.question(question).analysed
    named = [(label, value) for label in _SUBJECTS for value in sorted(asked.slots.get(label, ()))]
    if not named:
        return Content.say(sentence("knowledge.narrow_subject"), buttons=[human_button()])
    about = [
        entry.faq
        for entry in index.entries
        if set(named) & entry.named_slots and entry.faq.key not in offered and valid(entry.faq, today)
    ]
    local = [faq for faq in about if not faq.region.endswith("0000")]
    if not (region or asked.regions) and 2 * len(local) > len(about):
        return Content.say(sentence("knowledge.narrow_place"), buttons=[human_button()])
    if "aspect" in asked.slots:
        return Content.say(sentence("knowledge.narrow_words"), buttons=[human_button()])
    place = asked.regions[-1] if asked.regions else region
    near = [faq for faq in about if _near(faq, place, index)][:_MOST]
    lead = sentence("knowledge.narrow_aspect", subject=named[0][1])
    return Content.say(lead, buttons=[*(faq_button(faq, placed=False) for faq in near), human_button()])


def _near(faq: Faq, place: str | None, index: Index) -> bool:
    return place is None or faq.region in index.analyser.lexicon.chain(place)
