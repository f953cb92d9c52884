"""Sentences and buttons that what one is told about oneself shares."""

from bot.conversation.content import Button
from bot.runtime import Runtime
from bot.service.catalogue import catalogue
from bot.talent.places import covers
from bot.texts import sentence


def say(name: str, /, **values: object) -> str:
    return sentence(f"mine.{name}", **values)


def human_button(category: str = "待遇落实") -> Button:
    return Button(title=say("human"), payload=f'/request_human{{"category": "{category}"}}')


def apply_button(rt: Runtime, item: str, *, region: str) -> list[Button]:
    """To start an application, if the item is offered now and there."""
    found = catalogue(rt).item(item)
    if found is None or not covers(found.region, region):
        return []
    title = say("apply", name=found.name)
    return [Button(title=title, payload=f'/start_application{{"item": "{item}"}}')]


def join_button(kind: str, row_id: str, title: str) -> Button:
    return Button(title=title, payload=f'/join{{"join": "{kind}:{row_id}"}}')
