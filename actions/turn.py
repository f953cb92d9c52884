"""What every action needs from one tracker, read once."""

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.conversation.content import AnswerLog, Button, Content, HandoverRequest, Reply
from bot.runtime import Runtime, current_runtime
from bot.service.catalogue import Catalogue, catalogue
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
    last_replies: tuple[Reply, ...] = ()  # of the turn before

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
            last_replies=_last_replies(tracker.events),
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
    def turn_id(self) -> str:
        return str(self.metadata["turn_id"])

    @property
    def conversation_id(self) -> str:
        return str(self.metadata["conversation_id"])

    @property
    def channel(self) -> str:
        return str(self.metadata.get("channel") or "web")

    @property
    def region(self) -> str | None:
        """Named in this message, else chosen in the chat, else known from the channel."""
        return self.entity("region") or self.chosen_region

    @property
    def chosen_region(self) -> str | None:
        return self.slots.get("region") or self.metadata.get("region")

    @property
    def said(self) -> frozenset[str]:
        """Paragraphs of the turn before."""
        contents = [reply.content for reply in self.last_replies if reply.content]
        return frozenset(text for content in contents for text in content.paragraphs)

    def entity(self, name: str) -> str | None:
        values = [e["value"] for e in self.entities if e.get("entity") == name and e.get("value")]
        return str(values[-1]) if values else None


def say(
    dispatcher: CollectingDispatcher,
    content: Content | None = None,
    *,
    log: AnswerLog | None = None,
    handover: HandoverRequest | None = None,
    failed: bool = False,
) -> None:
    send(dispatcher, Reply(content=content, log=log, handover=handover, failed=failed))


def send(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    dispatcher.utter_message(json_message=reply.model_dump(mode="json"))


def _last_replies(events: list[dict[str, Any]]) -> tuple[Reply, ...]:
    """All messages of the last turn that said something, before the message now answered."""
    turns: list[list[Reply]] = [[]]
    for event in events:
        if event.get("event") == "user":
            turns.append([])
        reply = _reply_of(event) if event.get("event") == "bot" else None
        if reply:
            turns[-1].append(reply)
    return tuple(next((said for said in reversed(turns[:-1]) if said), []))


def _reply_of(event: dict[str, Any]) -> Reply | None:
    data = event.get("data") or {}
    if data.get("custom"):
        reply = Reply.model_validate(data["custom"])
        return reply if reply.content else None
    buttons = [Button(title=b["title"], payload=b["payload"]) for b in data.get("buttons") or []]
    return Reply(content=Content.say(event["text"], buttons=buttons)) if event.get("text") else None
