"""Regions, tiers, programmes, items, degrees, dates and amounts, by a spaCy entity ruler."""

from __future__ import annotations

from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from spacy.language import Language

from bot.nlu.sources import lexicon_fingerprint, read_lexicon
from bot.nlu.tokenizer import NORMALISED
from bot.text.lexicon import Lexicon
from bot.text.normalise import normalise

_FOLDER = "spacy"
# Bounded, because the ruler tries every start for every end of an unbounded run.
_NUMBER = {"TEXT": {"REGEX": "^[0-9.一二两三四五六七八九十百千万亿几]$"}, "OP": "{1,9}"}
_DIGIT = {"TEXT": {"REGEX": "^[0-9]$"}}
_DAY = _DIGIT | {"OP": "{1,2}"}  # of a month, or the month itself
# The pipeline cuts single characters, so a pattern spells out each of them.
_PATTERNS: tuple[tuple[str, list[dict[str, Any]]], ...] = (
    ("amount", [_NUMBER, {"TEXT": {"IN": ["万", "元", "块"]}}]),
    ("date", [_DIGIT] * 4 + [{"TEXT": "年"}]),
    ("date", [_DIGIT] * 4 + [{"TEXT": "年"}, _DAY, {"TEXT": "月"}]),
    (
        "date",
        [_DIGIT] * 4 + [{"TEXT": "年"}, _DAY, {"TEXT": "月"}] + [_DAY, {"TEXT": {"IN": ["日", "号"]}}],
    ),
    ("date", [_DAY, {"TEXT": "月"}, _DAY, {"TEXT": {"IN": ["日", "号"]}}]),
    ("date", [{"TEXT": {"IN": ["今", "去", "明", "前"]}}, {"TEXT": "年"}]),
)
# Labels of the lexicon that are entities of the domain; others only help the search.
LABELS = ("region", "tier", "programme", "item", "degree")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class PolicyEntityExtractor(GraphComponent, EntityExtractorMixin):
    """The whole spaCy pipeline is stored in the model."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"lexicon": "data/lexicon"}

    def __init__(self, *, model_storage: ModelStorage, resource: Resource, nlp: Language) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self.nlp = nlp

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PolicyEntityExtractor:
        nlp = _pipeline(read_lexicon(config["lexicon"]))
        return cls(model_storage=model_storage, resource=resource, nlp=nlp)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PolicyEntityExtractor:
        with model_storage.read_from(resource) as folder:
            nlp = spacy.util.load_model_from_path(folder / _FOLDER)
        return cls(model_storage=model_storage, resource=resource, nlp=nlp)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return lexicon_fingerprint(config.get("lexicon", cls.get_default_config()["lexicon"]))

    @classmethod
    def required_packages(cls) -> list[str]:
        return ["spacy"]

    def train(self, training_data: TrainingData) -> Resource:
        with self._model_storage.write_to(self._resource) as folder:
            self.nlp.to_disk(folder / _FOLDER)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            if message.get(TEXT):
                entities = self._entities_of(message)
                message.set(ENTITIES, message.get(ENTITIES, []) + entities, add_to_output=True)
        return messages

    def _entities_of(self, message: Message) -> list[dict[str, Any]]:
        original = message.get(TEXT)
        entities = []
        position = 0
        for span in self.nlp(message.get(NORMALISED) or normalise(original)).ents:
            # Offsets belong to the text as sent, where normalising left the words alone.
            start = original.find(span.text, position)
            position = start + len(span.text) if start >= 0 else position
            start = start if start >= 0 else span.start_char
            entities.append(
                {
                    ENTITY_ATTRIBUTE_TYPE: span.label_,
                    ENTITY_ATTRIBUTE_VALUE: span.ent_id_ or span.text,
                    "text": span.text,
                    ENTITY_ATTRIBUTE_START: start,
                    ENTITY_ATTRIBUTE_END: start + len(span.text),
                    "extractor": type(self).__name__,
                }
            )
        return entities


def _pipeline(lexicon: Lexicon) -> Language:
    # Single characters, not words: a wrong segmentation can then never hide a name.
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "char"}}})
    ruler = nlp.add_pipe("entity_ruler", config={"overwrite_ents": True})
    patterns: list[dict[str, Any]] = [
        {"label": "region", "pattern": name, "id": code}
        for name, code in sorted(lexicon.region_names.items())
    ]
    patterns += [
        {"label": entity.label, "pattern": entity.text, "id": entity.value}
        for entity in lexicon.entities
        if entity.label in LABELS
    ]
    patterns += [{"label": label, "pattern": pattern} for label, pattern in _PATTERNS]
    ruler.add_patterns(patterns)  # type: ignore[attr-defined]
    return nlp
