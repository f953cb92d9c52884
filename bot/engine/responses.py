"""Picks among the variants of a static response: varied, yet the same when a turn is run again."""

import copy
import zlib
from typing import Any

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker


class VariedResponses(TemplatedNaturalLanguageGenerator):
    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        slots = tracker.current_slot_values()
        variants = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, slots
        )
        if not variants:
            return None
        said = {event.text for event in tracker.events if isinstance(event, BotUttered)}
        fresh = [variant for variant in variants if variant.get("text") not in said] or variants
        turn_id = tracker.latest_message.message_id if tracker.latest_message else ""
        chosen = fresh[zlib.crc32(f"{turn_id}:{utter_action}".encode()) % len(fresh)]
        return self._fill_response(copy.deepcopy(chosen), slots, **kwargs)
