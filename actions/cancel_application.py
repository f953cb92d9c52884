from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.conversation.content import Button, Content

_DROP = "drop"


class CancelApplication(Action):
    """Outside the form: a draft that was paused is dropped, once that is confirmed."""

    def name(self) -> str:
        return "action_cancel_application"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        draft = turn.slots.get("application") or {}
        item = turn.catalogue.item(draft.get("item"))
        if item and draft.get("values") and not (turn.pressed and turn.entity("option") == _DROP):
            drop = Button(
                title=turn.texts.say("button_drop"), payload=f'/cancel_application{{"option": "{_DROP}"}}'
            )
            keep = Button(title=turn.texts.say("button_keep"), payload="/resume_application")
            ask = turn.texts.say("leave_ask", name=item.name, number=len(draft["values"]))
            say(dispatcher, Content.say(ask, buttons=[drop, keep]))
            return []
        if draft:
            say(dispatcher, Content.say(turn.texts.say("cancelled")))
        else:  # 「撤回申请」 may mean one that was handed in
            withdraw = Button(title=turn.texts.say("button_withdraw"), payload="/withdraw_case")
            say(dispatcher, Content.say(turn.texts.say("nothing_to_cancel"), buttons=[withdraw]))
        return [SlotSet("application", None), SlotSet("awaiting", None)]
