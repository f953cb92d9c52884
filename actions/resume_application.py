from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.menu import menu_of
from actions.pick_draft import drafts_content, go_on, take_up
from actions.turn import Events, TurnView, say
from bot.identity.offer import verify_button
from bot.identity.who import proven
from bot.service.drafts import open_drafts


class ResumeApplication(Action):
    """「继续上次的申请」: the one that is open in the dialogue, else whichever was left somewhere."""

    def name(self) -> str:
        return "action_resume_application"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        stored = turn.slots.get("application") or {}
        drafts = await open_drafts(turn.rt, conversation_id=turn.conversation_id)
        others = [draft for draft in drafts if draft.id != stored.get("id")]
        if stored.get("item") and not others:
            return await go_on(dispatcher, turn, stored) or [SlotSet("application", None)]
        if len(others) == 1 and others[0].here and not stored.get("item"):
            return await take_up(dispatcher, turn, others[0].id) or [SlotSet("application", None)]
        kept = SlotSet("application", {**stored, "parked": True} if stored.get("item") else None)
        if drafts:
            say(dispatcher, await drafts_content(turn, drafts))
            return [kept]
        content = menu_of(turn, turn.texts.say("nothing_paused"))
        if await proven(turn.rt, conversation_id=turn.conversation_id) is None:
            content.paragraphs.append(turn.texts.say("draft_others"))
            content.buttons.append(verify_button())
        say(dispatcher, content)
        return [kept]
