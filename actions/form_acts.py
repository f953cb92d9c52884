"""Carrying out what the guide decided about one message of an open application."""

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_policy import answer_inside
from actions.check_progress import CheckProgress
from actions.choose_region import ChooseRegion
from actions.crisis import care
from actions.experts_for_need import ExpertsForNeed
from actions.join import Join
from actions.menu import Menu
from actions.my_benefits import MyBenefits
from actions.my_card import MyCard
from actions.my_demands import MyDemands
from actions.my_projects import MyProjects
from actions.my_service_days import MyServiceDays
from actions.my_specialist import MySpecialist
from actions.none_of_these import NoneOfThese
from actions.pick_faq import PickFaq
from actions.start_application import start_inside
from actions.tell_outcome import TellOutcome
from actions.tell_profile import TellProfile
from actions.turn import Events, TurnView, say
from actions.verify_identity import VerifyIdentity
from actions.window_for import WindowFor
from actions.withdraw_case import WithdrawCase
from bot.conversation.content import Button, Content, HandoverRequest
from bot.identity.offer import verify_button
from bot.identity.who import proven
from bot.notices.port import can_send
from bot.service.guide import CERTAIN, Act, Decision
from bot.service.schemas import ServiceItem

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
    "withdraw_case": WithdrawCase,
    "verify_identity": VerifyIdentity,
    "my_card": MyCard,
    "my_specialist": MySpecialist,
    "my_service_days": MyServiceDays,
    "my_projects": MyProjects,
    "my_demands": MyDemands,
    "my_benefits": MyBenefits,
    "join": Join,
    "window_for": WindowFor,
    "experts_for_need": ExpertsForNeed,
}


async def carry_out(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    turn: TurnView,
    decision: Decision,
    item: ServiceItem,
) -> Events:
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
            resume = Button(title=turn.texts.say("button_resume"), payload="/resume_application")
            content = Content.say(turn.texts.say("paused"), buttons=[resume])
            if can_send(turn.rt) and not await proven(turn.rt, conversation_id=turn.conversation_id):
                content.paragraphs.append(turn.texts.say("paused_elsewhere"))
                content.buttons.append(verify_button())
            say(dispatcher, content)
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
            if turn.intent in ("start_application", "pick_draft", "supply_case"):
                return [*await start_inside(dispatcher, turn, decision.draft, item), *KEEP_OPEN]
            events = await _ASIDES[turn.intent]().run(dispatcher, tracker, {})
            return [*events, draft, *KEEP_OPEN]
        case Act.TALK:
            dispatcher.utter_message(response=f"utter_{turn.intent}")
    return [draft, *KEEP_OPEN]
