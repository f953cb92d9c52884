"""Words that steer the form whatever step is open. Pure."""

from bot.service.answers import asks_why, plain
from bot.service.schemas import FormField, ServiceItem
from bot.service.steps import Draft, find, order
from bot.service.texts import Command, Texts


def command_of(
    *, item: ServiceItem, draft: Draft, text: str, texts: Texts
) -> tuple[Command, str | None] | None:
    """A word that steers the form, with the step to correct if one is named."""
    said = plain(text)
    for command, words in texts.commands.items():
        if command is not Command.CORRECT and said in map(plain, words):
            return command, None
    if (
        len(said) > 20
        or asks_why(text)
        or not any(plain(word) in said for word in texts.commands[Command.CORRECT])
    ):
        return None
    for key in order(item=item, values=draft["values"]):
        step = find(item, key)
        kind = step.kind if isinstance(step, FormField) else ""
        if step and any(plain(w) in said for w in (step.label, *texts.field_words.get(kind, []))):
            return Command.CORRECT, key
    return (Command.CORRECT, None) if said in map(plain, texts.commands[Command.CORRECT]) else None
