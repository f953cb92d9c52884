"""Words that steer the form whatever step is open. Pure."""

import re

from bot.service.answers import asks_something, asks_why, plain
from bot.service.schemas import FormField, ServiceItem
from bot.service.steps import Draft, find, order
from bot.service.texts import Command, Texts

_SHORT = 20  # characters: a longer message is about something else
_MAY_I = re.compile(r"能不能|可不可以|(?:可以|行|好|能)?[吗么嘛][?？]?$|行不行[?？]?$")
# 「过两天再填」 stops for now; 「晚点再补」 is about a material alone.
_STOPS = re.compile(
    r"先停|停一[下停]|暂停|先保存|存一下|先存着|到这(?:儿|里)?(?:吧|了)?$|有事先走|先去忙|"
    r"(?:下次|改天|改日|回头|晚[点些上]|明[天儿早]|后天|过[一两几]?[天会]儿?|等会儿?|等[一下]+|一会儿?|有空|有时间|周末|稍后|以后|回家)"
    r"再(?:来|接着|继续)?(?:填|弄|办|说|搞)"
)


def command_of(
    *, item: ServiceItem, draft: Draft, text: str, texts: Texts
) -> tuple[Command, str | None] | None:
    """A word that steers the form, with the step to correct if one is named."""
    said = plain(text)
    for command, words in texts.commands.items():
        if command is not Command.CORRECT and said in map(plain, words):
            return command, None
    if len(said) <= _SHORT and not asks_something(_MAY_I.sub("", text)) and _STOPS.search(said):
        return Command.PAUSE, None
    if (
        len(said) > _SHORT
        or asks_why(text)
        or not any(plain(word) in said for word in texts.commands[Command.CORRECT])
    ):
        return None
    named: list[tuple[int, str]] = []
    for key in order(item=item, values=draft["values"]):
        step = find(item, key)
        kind = step.kind if isinstance(step, FormField) else ""
        names = (step.label, *texts.field_words.get(kind, [])) if step else ()
        named += [(len(name), key) for name in map(plain, names) if name in said]
    if named:  # 「单位所在地」 is not 「单位」
        return Command.CORRECT, max(named, key=lambda one: one[0])[1]
    return (Command.CORRECT, None) if said in map(plain, texts.commands[Command.CORRECT]) else None
