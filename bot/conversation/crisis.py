"""Words of despair while no assistant answers: the hotlines are shown at once, whoever has the chat."""

from functools import cache

import yaml

from bot.conversation.content import Content
from bot.nlu.despair import Despair
from bot.settings import PROJECT
from bot.text.normalise import normalise
from bot.texts import sentence

CRISIS_PRIORITY = 2  # in the queue; before whoever a person was taken from


def is_crisis(text: str) -> bool:
    return _despair().is_said(normalise(text))


def hotlines() -> Content:
    """As the assistant says it, without the offer of a person: one has the chat, or is awaited."""
    names = ("crisis_12356", "crisis_120", "crisis_110")
    return Content(
        paragraphs=[sentence("texts.crisis"), sentence("texts.crisis_hotlines")],
        items=[sentence(f"texts.{name}") for name in names],
    )


@cache
def _despair() -> Despair:
    """The expressions by which the engine decides alone."""
    raw = yaml.safe_load((PROJECT / "data" / "nlu" / "crisis.yml").read_text(encoding="utf-8"))
    patterns = {
        entry["regex"]: [line.removeprefix("- ") for line in entry["examples"].splitlines() if line]
        for entry in raw["nlu"]
        if "regex" in entry
    }
    return Despair(expressions=patterns["crisis"], figures=patterns["figure_of_speech"])
