from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import Events, TurnView, say
from bot.conversation.content import Button, Content, Reply


class Repeat(Action):
    def name(self) -> str:
        return "action_repeat"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> Events:
        turn = TurnView.of(tracker)
        before = _last_said(tracker.events)
        for content in before or [Content.say(turn.texts.say("repeat_nothing"))]:
            say(dispatcher, content)
        return []


def _last_said(events: list[dict[str, Any]]) -> list[Content]:
    """All messages of the last turn that said something, before the message now answered."""
    turns: list[list[Content]] = [[]]
    for event in events:
        if event.get("event") == "user":
            turns.append([])
        content = _content_of(event) if event.get("event") == "bot" else None
        if content:
            turns[-1].append(content)
    return next((said for said in reversed(turns[:-1]) if said), [])


def _content_of(event: dict[str, Any]) -> Content | None:
    data = event.get("data") or {}
    if data.get("custom"):
        return Reply.model_validate(data["custom"]).content
    buttons = [Button(title=b["title"], payload=b["payload"]) for b in data.get("buttons") or []]
    return Content.say(event["text"], buttons=buttons) if event.get("text") else None
