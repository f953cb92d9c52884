import re
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import answer_question, take_place
from actions.check_progress import asks_progress, tell_progress
from actions.menu import menu_of
from actions.pick_faq import pick, picks
from actions.turn import Events, TurnView, say
from bot.knowledge.parts import asks
from bot.knowledge.service import place_said
from bot.service.answers import plain

_UPSET = frozenset({"complaint", "frustration", "abuse"})
_UPSET_FROM = 0.5
_SHORT = 20
_CLAUSE = re.compile(r"[^,，。！!?？;；~…\s]+[,，。！!?？;；~…\s]*")
# Beside a plain question the classifier hears little else.
_ANGER = re.compile(r"太慢|太差|什么破|垃圾|差劲|气死|糊弄|敷衍|推来推去|没人管|烦死|受不了|无语|服了你")

# 「怎么申请」 as the first words of a talk: whatever the search found would be a guess.
_OF_NOTHING = re.compile(
    r"(?:你好|您好)?(?:请问|我?想问一?下?|我?想知道)?(?:要|该|应该|具体)?"
    r"(?:(?:怎么|怎样|如何|咋)(?:样?去?)?(?:申请|申领|申报|办理|办|领取|领|报名|弄)|(?:需要|要)(?:准备|交|带)?(?:什么|哪些|啥)(?:材料|手续|东西))"
    r"(?:手续|流程)?(?:呢|啊|呀|的|吗)?"
)


async def answer_inside(
    dispatcher: CollectingDispatcher, tracker: Tracker, turn: TurnView, *, about: str | None = None
) -> Events:
    # A bare case number or code is no question the classifier knows.
    if asks_progress(tracker):
        return await tell_progress(dispatcher, tracker)
    # A question that was put off, and its button pressed now.
    put_off = turn.entity("question") if turn.pressed else None
    if put_off:
        return await answer_question(dispatcher, turn, question=put_off, region=turn.chosen_region)
    if picks(turn):
        return await pick(dispatcher, turn)
    place = place_said(turn.text)
    if place.only and place.code:
        # A list for a person is made again for the place they are in now.
        listed = turn.slots.get("last_question") if turn.slots.get("profile") else None
        waiting = turn.slots.get("open_question") or listed
        return await take_place(dispatcher, turn, code=place.code, question=waiting)
    open_question = turn.slots.get("open_question")
    if place.code and open_question and not asks(turn.text) and len(turn.text) <= _SHORT:
        # 「我在泉州，第三层次」: where, and who, the open question waited for.
        named = [e["text"] for e in turn.entities if e.get("entity") in ("tier", "degree")]
        asked = "".join((*dict.fromkeys(named), open_question))
        return await take_place(dispatcher, turn, code=place.code, question=asked)
    # A place named in the question itself is for the search: there may be several.
    region = place.code or turn.chosen_region
    upset = _upset(tracker)
    question = _calm(place.question) if upset else place.question
    events = await answer_question(
        dispatcher, turn, question=question, region=region, about=about, sorry=upset
    )
    return [SlotSet("region", place.code), *events] if place.code else events


def _calm(text: str) -> str:
    """「垃圾机器人，三支一扶服务几年」: the question without what only scolds."""
    clauses = _CLAUSE.findall(text)
    kept = [clause for clause in clauses if asks(clause) or not _ANGER.search(clause)]
    return "".join(kept) if any(asks(clause) for clause in kept) else text


def _upset(tracker: Tracker) -> bool:
    """A question in anger is answered, and the anger heard."""
    ranking = tracker.latest_message.get("intent_ranking") or []
    if _ANGER.search(tracker.latest_message.get("text") or ""):
        return True
    return any(one["name"] in _UPSET and one["confidence"] >= _UPSET_FROM for one in ranking)


class AnswerPolicy(Action):
    def name(self) -> str:
        return "action_answer_policy"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        if _OF_NOTHING.fullmatch(plain(turn.text)) and not turn.slots.get("last_faq") and not turn.pressed:
            say(dispatcher, menu_of(turn, turn.texts.say("which_item")))
            return []
        return await answer_inside(dispatcher, tracker, turn)
