"""Carrying out what the guide decided about one message of an open application."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_policy import answer_inside
from actions.check_progress import CheckProgress
from actions.choose_region import ChooseRegion
from actions.crisis import care
from actions.menu import Menu
from actions.none_of_these import NoneOfThese
from actions.pick_faq import PickFaq
from actions.start_application import named_item
from actions.tell_outcome import TellOutcome
from actions.tell_profile import TellProfile
from actions.turn import Events, TurnView, say
from bot.conversation.content import Content, HandoverRequest
from bot.service.guide import CERTAIN, Act, Decision

KEEP_OPEN: Events = [SlotSet("application_answer", None)]
STOP: Events = [
    SlotSet("awaiting", None),
    SlotSet("application_answer", None),
    SlotSet("requested_slot", None),
]
_ASIDES: dict[str, type[Action]] = {
    "pick_faq": PickFaq,
    "none_of_these": NoneOfThese,
    "choose_region": ChooseRegion,
    "tell_profile": TellProfile,
    "check_progress": CheckProgress,
    "ask_outcome": TellOutcome,
    "menu": Menu,
    "capabilities": Menu,
}


async def carry_out(
    dispatcher: CollectingDispatcher, tracker: Tracker, turn: TurnView, decision: Decision
) -> Events:
    item = turn.catalogue.items[decision.draft["item"]]
    draft = SlotSet("application", decision.draft)
    parked = SlotSet("application", {**decision.draft, "parked": True})
    if decision.say:
        say(dispatcher, Content.say(decision.say))
    match decision.act:
        case Act.SUBMIT:
            return [draft, SlotSet("awaiting", None), SlotSet("application_answer", "done")]
        case Act.CANCEL:
            say(dispatcher, Content.say(turn.texts.say("cancelled")))
            return [SlotSet("application", None), *STOP]
        case Act.PAUSE:
            say(dispatcher, Content.say(turn.texts.say("paused")))
            return [parked, *STOP]
        case Act.HANDOVER:
            # That nothing filled in is lost is said with the place in the queue.
            say(dispatcher, handover=HandoverRequest(reason="guide", category="手续代办"))
            return [parked, *STOP]
        case Act.CRISIS:
            # Only likely: somebody who was misunderstood must find the way back.
            say(dispatcher, care(turn, resume=turn.confidence < CERTAIN))
            return [parked, *STOP]  # a form goes on asking for data; this is no moment for it
        case Act.POLICY:
            events = await answer_inside(dispatcher, tracker, turn, about=item.name)
            return [*events, draft, *KEEP_OPEN]
        case Act.ASIDE:
            if turn.intent not in _ASIDES:  # start_application
                if turn.entity("item") not in (None, item.key) and named_item(turn) != item:
                    say(dispatcher, Content.say(turn.texts.say("already_open", name=item.name)))
                return [draft, *KEEP_OPEN]
            events = await _ASIDES[turn.intent]().run(dispatcher, tracker, {})
            return [*events, draft, *KEEP_OPEN]
        case Act.TALK:
            dispatcher.utter_message(response=f"utter_{turn.intent}")
    return [draft, *KEEP_OPEN]
