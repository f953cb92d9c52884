import json
import re
from typing import Any, TypeVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import answer_faq, answer_question, take_place
from actions.turn import Events, TurnView, say
from bot.conversation.content import Button, Content
from bot.knowledge.leaning import Last
from bot.texts import sentence

_ORDINAL = re.compile(
    r"第?([一二三四五六1-6])(?:个|条|项|点|种|题)?(?:问题)?|(最后|末尾)(?:一?[个条项])?|(最?(?:上面|前面|开头)|首)(?:的?那?一?[个条项])?"
)
_AROUND = re.compile(
    r"^(?:我)?(?:想)?(?:问|看|选|点|要|就|是|那|上面|下面|前面|的)*|(?:吧|呢|啊|的|那个|是什么|问题|答案)*[?。!~…]*$"
)
_AHEAD = re.compile(
    r"^(?:那|那么|我问|我想问|上面|就)?(?:的)?第[一二三四五六1-6](?:个|条|项|点|种)(?!问题是)"
)
_NUMERALS = "一二三四五六"
Choice = TypeVar("Choice")
_CHOICES = ("/pick_faq", "/ask_policy", "/choose_region")


def picks(turn: TurnView) -> bool:
    """「第二个怎么申请」 after something that can be counted."""
    return bool(_AHEAD.match(turn.text)) and any(
        reply.content and (len(reply.content.items) > 1 or reply.content.buttons)
        for reply in turn.last_replies
    )


class PickFaq(Action):
    """A pressed offer, follow-up or menu entry; or 「第二个」, typed."""

    def name(self) -> str:
        return "action_pick_faq"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        key = turn.entity("faq")
        if key:
            return await answer_faq(dispatcher, turn, key=key)
        return await pick(dispatcher, turn)


async def pick(dispatcher: CollectingDispatcher, turn: TurnView) -> Events:
    number = _ORDINAL.search(turn.text)
    more = _AROUND.sub("", turn.text.replace(number[0], "", 1)) if number else turn.text
    contents = [reply.content for reply in turn.last_replies if reply.content]
    listed = next((c.items for c in reversed(contents) if len(c.items) > 1), [])
    buttons = [b for c in contents for b in c.buttons if b.payload.startswith(_CHOICES)]
    offered = any(reply.log and reply.log.band in ("offer", "clarify") for reply in turn.last_replies)
    # A list that was told is what 「第二条」 means, unless something was offered to choose from.
    if number and listed and not offered and (item := _nth(listed, number)):
        return await answer_question(
            dispatcher, turn, question=f"{item.partition('：')[0]}{more}", region=turn.chosen_region
        )
    button = _nth(buttons, number) if number else None
    if button is not None:
        return await _press(dispatcher, turn, button, more)
    if number and len(more) < 2:
        say(dispatcher, Content.say(sentence("knowledge.which_one")))
        return []
    return await answer_question(dispatcher, turn, question=turn.text, region=turn.region)


def _nth(choices: list[Choice], number: re.Match[str]) -> Choice | None:
    if number[2]:
        return choices[-1] if choices else None
    said = number[1] or "1"
    position = _NUMERALS.index(said) if said in _NUMERALS else int(said) - 1
    return choices[position] if position < len(choices) else None


async def _press(dispatcher: CollectingDispatcher, turn: TurnView, button: Button, more: str) -> Events:
    """As if it had been pressed; with more words, a question about it."""
    intent, brace, rest = button.payload.partition("{")
    values = json.loads(brace + rest) if brace else {}
    if intent == "/choose_region":
        question = turn.slots.get("open_question") or turn.slots.get("last_question")
        return await take_place(dispatcher, turn, code=values["region"], question=question)
    if intent == "/ask_policy":
        return await answer_question(dispatcher, turn, question=values["question"], region=turn.chosen_region)
    if len(more) >= 2:
        last = Last(values["faq"])
        return await answer_question(dispatcher, turn, question=more, region=turn.chosen_region, last=last)
    return await answer_faq(dispatcher, turn, key=values["faq"])
