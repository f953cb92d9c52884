from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.conversation.content import Button, Content
from bot.nlu.outcome import asks_what_next
from bot.texts import sentence


class TellOutcome(Action):
    """What the specialist settled, in their own words; where they left none, that is said."""

    def name(self) -> str:
        return "action_tell_outcome"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        outcome = turn.slots.get("handover_outcome") or {}
        greets = (tracker.latest_message.get("intent_ranking") or [{}])[0].get("name") == "greet"
        lines = [sentence("outcome.again")] if greets else []
        lines += _next(outcome) if asks_what_next(turn.text) else _result(outcome)
        if greets:
            lines.append(sentence("outcome.anything_else"))
        buttons = [Button(title=sentence("outcome.button_human"), payload="/request_human")]
        if turn.slots.get("application") and not tracker.active_loop_name:
            buttons.insert(0, Button(title=sentence("outcome.button_resume"), payload="/resume_application"))
        say(dispatcher, Content.say(*lines, buttons=buttons))
        return []


def _result(outcome: dict[str, Any]) -> list[str]:
    name = outcome.get("by") or ""
    if outcome.get("result"):
        lines = [sentence("outcome.result", name=name, on=outcome["on"], text=outcome["result"])]
        return lines + ([sentence("outcome.next", text=outcome["next"])] if outcome.get("next") else [])
    if outcome.get("said"):
        return [sentence("outcome.said", name=name, on=outcome["on"], text=outcome["said"])]
    return [sentence("outcome.none")]


def _next(outcome: dict[str, Any]) -> list[str]:
    if outcome.get("next"):
        return [sentence("outcome.next_of", name=outcome.get("by") or "", text=outcome["next"])]
    return [*_result(outcome), sentence("outcome.next_unknown")]
