"""Calls the actions as the engine does: tracker JSON in, messages and slots out.

Follows docs/engine.md, "Order of calls in one turn", with the intent given by the test.
"""

from dataclasses import dataclass, field
from typing import Any

from actions.server import build_executor
from bot.conversation.content import Content, Reply
from bot.runtime import Runtime, current_runtime

FORM = "application_form"


@dataclass
class EngineDouble:
    rt: Runtime
    conversation_id: str = "c" * 32
    slots: dict[str, Any] = field(default_factory=dict)
    active: bool = False
    replies: list[Reply] = field(default_factory=list)  # of the last turn
    responses: list[str] = field(default_factory=list)  # static ones of the last turn
    events: list[dict[str, Any]] = field(default_factory=list)
    turns: int = 0

    def __post_init__(self) -> None:
        self._executor = build_executor()

    async def turn(self, text: str, intent: str = "nlu_fallback", sure: float = 0.9, **entities: str) -> str:
        """One message, or one pressed button when `text` starts with a slash. Returns all that was said."""
        self._hear(text, intent, sure, entities)
        if self.active:
            self.slots["application_answer"] = text
            await self._loop()
        else:
            await self.call(f"action_{_OUTSIDE.get(intent, intent)}")
            if intent in ("start_application", "resume_application", "pick_draft", "supply_case"):
                self.active, self.slots["requested_slot"] = True, "application_answer"
                self.slots["application_answer"] = None
                await self._loop()
        return self.said

    async def press(self, title: str) -> str:
        """The button of that title in the last messages."""
        import json

        payloads = [b.payload for c in self.contents for b in c.buttons if b.title == title]
        assert payloads, (title, [b.title for c in self.contents for b in c.buttons])
        intent, brace, rest = payloads[-1][1:].partition("{")
        return await self.turn(payloads[-1], intent, 1.0, **(json.loads(brace + rest) if brace else {}))

    async def _loop(self) -> None:
        events = await self.call("validate_application_form")
        stops = [e for e in events if e["name"] == "requested_slot"]
        if stops and stops[-1]["value"] is None:
            self.active = False
        elif self.slots.get("application_answer") is not None:
            self.active = False
            await self.call("action_submit_application")
        else:
            await self.call("action_ask_application_answer")
        if not self.active:
            self.slots["application_answer"] = self.slots["requested_slot"] = None

    def _hear(self, text: str, intent: str, sure: float, entities: dict[str, str]) -> None:
        self.turns += 1
        self.replies, self.responses = [], []
        self.latest = {
            "text": text,
            "intent": {"name": intent, "confidence": sure},
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
            "metadata": {
                "channel": "web",
                "region": "370000",
                "turn_id": f"{self.turns:032d}",
                "conversation_id": self.conversation_id,
            },
        }
        self.events.append({"event": "user", "text": text})

    async def call(self, action: str) -> list[dict[str, Any]]:
        held = current_runtime.set(self.rt)
        tracker = {
            "sender_id": "1",
            "slots": self.slots,
            "latest_message": self.latest,
            "events": self.events,
            "active_loop": {"name": FORM} if self.active else {},
            "paused": False,
            "followup_action": None,
            "latest_action_name": None,
            "latest_input_channel": "app",
        }
        try:
            result = await self._executor.run({"next_action": action, "tracker": tracker})
        finally:
            current_runtime.reset(held)
        assert result is not None
        answer = result if isinstance(result, dict) else result.model_dump()
        for message in answer["responses"]:
            if message.get("response"):
                self.responses.append(message["response"])
            if message.get("custom"):
                self.replies.append(Reply.model_validate(message["custom"]))
                self.events.append({"event": "bot", "text": None, "data": {"custom": message["custom"]}})
        for event in answer["events"]:
            assert event["event"] == "slot"
            self.slots[event["name"]] = event["value"]
        return list(answer["events"])

    @property
    def contents(self) -> list[Content]:
        return [reply.content for reply in self.replies if reply.content]

    @property
    def said(self) -> str:
        return "\n".join(content.plain_text() for content in self.contents)


_OUTSIDE = {"ask_policy": "answer_policy", "nlu_fallback": "answer_policy", "out_of_scope": "answer_policy"}
