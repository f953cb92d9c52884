"""One turn of a conversation as a function of its request. Nothing is kept between turns."""

from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.engine import loader
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.core.constants import DEFAULT_INTENTS
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from bot.engine.action_endpoint import ActionEndpoint, asking_port
from bot.engine.components import check_model
from bot.engine.failure import TurnFailure
from bot.engine.graph_runner import OrderedGraphRunner
from bot.engine.request import Payload, Turn
from bot.engine.responses import VariedResponses
from bot.engine.state import compact, restore, set_slots
from bot.nlu.outcome import asks_outcome

ASK_OUTCOME = "ask_outcome"
# What the classifier may take a wish for an item for.
_MAY_BE_A_WISH = frozenset(
    ("ask_policy", "out_of_scope", "nlu_fallback", "inform", "tell_profile", "start_application", "privacy")
)
_SURE = 0.5  # below this any intent gives way to a plain wish


class TurnOutput(CollectingOutputChannel):
    """Keeps messages as they are; Rasa's own collector splits texts at empty lines."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        kept = {key: message[key] for key in ("text", "buttons", "custom") if message.get(key)}
        if kept:
            self.messages.append(kept)


class TurnProcessor(MessageProcessor):
    """Rasa's processor without its stores, in which a failing action fails the turn."""

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        with TempDirectoryPath(get_temp_dir_name()) as folder:
            metadata, runner = loader.load_predict_graph_runner(
                Path(folder), Path(model_path), LocalModelStorage, OrderedGraphRunner
            )
        return Path(model_path).name, metadata, runner

    def parse(self, turn: Turn, *, tracker: DialogueStateTracker) -> dict[str, Any]:
        text = turn.text.strip()
        # Rasa reads a leading slash as a command; only buttons may command.
        harmless = f"／{text[1:]}" if text.startswith("/") else text
        message = UserMessage(text=harmless, sender_id=turn.conversation_id)
        parsed = self._parse_message_with_graph(message, tracker)
        # The rest, such as tokens, would only travel to every action.
        kept = ("intent", "intent_ranking", "entities")
        return {key: parsed[key] for key in kept if key in parsed} | {"text": text}

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        temporary = tracker.copy()
        temporary.update_with_events(prediction.events, self.domain)
        try:
            events = await action.run(output_channel, nlg, temporary, self.domain)
        except ActionExecutionRejection:
            raise TurnFailure("action_rejected", status=502, detail=action.name()) from None
        except TurnFailure:
            raise
        except Exception as error:
            detail = f"{action.name()} {type(error).__name__}"
            raise TurnFailure("action_failed", status=502, detail=detail) from None
        self._log_action_on_tracker(tracker, action, events, prediction)
        await self._send_bot_messages(events, tracker, output_channel)
        return self.should_predict_another_action(action.name())


class Engine:
    def __init__(self, *, model: Path, actions: ActionEndpoint) -> None:
        check_model(model)
        nothing_stored = InMemoryTrackerStore(Domain.empty())
        self._processor = TurnProcessor(
            model,
            tracker_store=nothing_stored,
            lock_store=None,
            generator=VariedResponses({}),
            action_endpoint=actions,
            on_circuit_break=_stop_endless_turn,
        )
        self._domain = self._processor.domain
        self._processor.nlg.responses = self._domain.responses
        self._button_intents = set(self._domain.intents) - (set(DEFAULT_INTENTS) - {"out_of_scope"})
        self.model = model.name

    async def run(self, turn: Turn) -> dict[str, Any]:
        asking_port.set(turn.actions_port)
        tracker = restore(turn.state, conversation_id=turn.conversation_id, domain=self._domain)
        outcome = turn.context.get("outcome")
        if isinstance(outcome, dict):
            self._remember(outcome, tracker=tracker)
        before = tracker.latest_message
        parse_data = self._parse(turn, tracker=tracker)
        if isinstance(outcome, dict) and turn.payload is None:
            told = before is not None and before.intent_name == ASK_OUTCOME
            parse_data = _heard_after_a_person(parse_data, fresh=bool(outcome.get("fresh")), told=told)
        if turn.context.get("wishes") and turn.payload is None:
            parse_data = _heard_as_wish(parse_data)
        metadata = dict(turn.context)
        metadata |= {"turn_id": turn.turn_id, "conversation_id": turn.conversation_id}
        uttered = UserUttered(
            parse_data["text"],
            parse_data["intent"],
            parse_data["entities"],
            parse_data,
            message_id=turn.turn_id,
            metadata=metadata,
        )
        tracker.update(uttered, self._domain)
        output = TurnOutput()
        tracker = await self._processor.run_action_extract_slots(output, tracker)
        await self._processor._run_prediction_loop(output, tracker)
        if not output.messages:
            raise TurnFailure("empty_answer", status=502, detail=tracker.latest_message.intent_name)
        return {
            "messages": output.messages,
            "state": compact(tracker, domain=self._domain),
            "intent": parse_data["intent"],
            "entities": [
                {key: entity.get(key) for key in ("entity", "value", "text", "start", "end")}
                for entity in parse_data["entities"]
            ],
            "slots": set_slots(tracker),
            "model": self.model,
        }

    def _remember(self, outcome: dict[str, Any], *, tracker: DialogueStateTracker) -> None:
        """What a person settled; the FAQ they cited is what the talk is about now."""
        tracker.update(SlotSet("handover_outcome", outcome), self._domain)
        if isinstance(outcome.get("subject"), str):
            kept = {"last_faq": outcome["subject"], "last_question": None, "tier": None}
            for name, value in kept.items():
                tracker.update(SlotSet(name, value), self._domain)

    def _parse(self, turn: Turn, *, tracker: DialogueStateTracker) -> dict[str, Any]:
        if turn.payload is None:
            return self._processor.parse(turn, tracker=tracker)
        self._check_payload(turn.payload)
        entities = [
            {"entity": name, "value": value, "text": "", "start": 0, "end": 0}
            for name, value in turn.payload.values.items()
        ]
        return {
            "text": turn.payload.text,
            "intent": {"name": turn.payload.intent, "confidence": 1.0},
            "entities": entities,
        }

    def _check_payload(self, payload: Payload) -> None:
        if payload.intent not in self._button_intents:
            raise TurnFailure("unknown_payload", status=400, detail="intent")
        if not set(payload.values) <= set(self._domain.entities):
            raise TurnFailure("unknown_payload", status=400, detail="entity")


def _heard_after_a_person(parse_data: dict[str, Any], *, fresh: bool, told: bool) -> dict[str, Any]:
    """A question about what a person settled, and a greeting right after it, which begins nothing anew.
    `told`: the outcome was told just now, so that 「然后呢」 means it too.
    """
    said = parse_data["intent"].get("name")
    greets = fresh and said == "greet"
    if said == "crisis" or not (greets or asks_outcome(parse_data["text"], fresh=fresh or told)):
        return parse_data
    return parse_data | {"intent": {"name": ASK_OUTCOME, "confidence": 1.0}}


def _heard_as_wish(parse_data: dict[str, Any]) -> dict[str, Any]:
    """The app found an item that somebody asks to have done. What the classifier takes for something that
    is said for its own sake stays that."""
    intent = parse_data["intent"]
    if intent.get("name") not in _MAY_BE_A_WISH and intent.get("confidence", 1.0) >= _SURE:
        return parse_data
    return parse_data | {"intent": {"name": "start_application", "confidence": 1.0}}


def _stop_endless_turn(*_: Any) -> None:
    raise TurnFailure("action_limit", status=502)
