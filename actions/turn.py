"""What every action needs from one tracker, read once."""

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.conversation.content import AnswerLog, Content, HandoverRequest, Reply
from bot.runtime import Runtime, current_runtime
from bot.service.service import Catalogue, catalogue
from bot.service.texts import Texts

Events = list[dict[str, Any]]


@dataclass(frozen=True)
class TurnView:
    rt: Runtime
    text: str
    intent: str
    confidence: float
    entities: list[dict[str, Any]]
    slots: dict[str, Any]
    metadata: dict[str, Any]

    @classmethod
    def of(cls, tracker: Tracker) -> "TurnView":
        latest = tracker.latest_message
        intent = latest.get("intent") or {}
        return cls(
            rt=current_runtime.get(),
            text=latest.get("text") or "",
            intent=intent.get("name") or "",
            confidence=float(intent.get("confidence") or 0.0),
            entities=latest.get("entities") or [],
            slots=tracker.slots,
            metadata=latest.get("metadata") or {},
        )

    @property
    def pressed(self) -> bool:
        """A button's payload; typed text never arrives with a leading slash as an intent."""
        return self.text.startswith(f"/{self.intent}") and bool(self.intent)

    @property
    def catalogue(self) -> Catalogue:
        return catalogue(self.rt)

    @property
    def texts(self) -> Texts:
        return self.catalogue.texts

    @property
    def channel(self) -> str:
        return str(self.metadata.get("channel") or "web")

    @property
    def region(self) -> str | None:
        """Named in this message, else chosen in the chat, else known from the channel."""
        return self.entity("region") or self.slots.get("region") or self.metadata.get("region")

    def entity(self, name: str) -> str | None:
        values = [e["value"] for e in self.entities if e.get("entity") == name and e.get("value")]
        return str(values[-1]) if values else None


def say(
    dispatcher: CollectingDispatcher,
    content: Content | None = None,
    *,
    log: AnswerLog | None = None,
    handover: HandoverRequest | None = None,
) -> None:
    send(dispatcher, Reply(content=content, log=log, handover=handover))


def send(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    dispatcher.utter_message(json_message=reply.model_dump(mode="json"))
