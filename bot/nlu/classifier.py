"""The intent: a calibrated linear classifier, with a few things decided before it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.despair import Despair
from bot.nlu.features import asks, blocks_of
from bot.nlu.linear import LinearModel, Sample, fit
from bot.nlu.talk import (
    COURTESY,
    SHORT,
    TALK,
    Heard,
    amid_heat,
    beside_courtesy,
    heat_in,
    is_doubtful,
    last_courtesy,
    wins,
)
from bot.nlu.tokenizer import NORMALISED
from bot.text.personal import TOKEN

INFORM, NONSENSE, LANGUAGE, CRISIS, DISTRESS = "inform", "nonsense", "language", "crisis", "distress"
_FIGURE = "figure_of_speech"
_RANKING_LENGTH = 5
_HEARD_CONFIDENCE = 0.6
_WORDLESS = re.compile(r"[\W_]*")
_FALLBACK = "nlu_fallback"
_CHOICE = re.compile(r"[1-6]")
PICK, CHOOSE_REGION, ASK_POLICY = "pick_faq", "choose_region", "ask_policy"
_SUBJECTS = frozenset(("item", "programme"))
_NAMES = frozenset(("region", "tier", "degree"))
# Kana, Hangul, Cyrillic, Arabic, Thai: three letters of them are another language.
_FOREIGN = re.compile(
    r"(?:[\u3041-\u30fa\uac00-\ud7af\u1100-\u11ff\u0400-\u04ff\u0600-\u06ff\u0e00-\u0e7f].*?){3}"
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PolicyIntentClassifier(GraphComponent, IntentClassifier):
    """Personal tokens alone are an answer; words of despair are always heard.

    A missed crisis is worse than a needless word of care: the expressions of the training
    data's `regex: crisis` decide alone, and a likely crisis wins below certainty.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"crisis_at": 0.45, "crisis_in_question_at": 0.75, "talk_at": 0.65}

    def __init__(
        self,
        *,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: LinearModel | None = None,
        despair: Despair | None = None,
        said: frozenset[str] = frozenset(),
    ) -> None:
        self._crisis_at = float(config["crisis_at"])
        self._crisis_in_question_at = float(config["crisis_in_question_at"])
        self._talk_at = float(config["talk_at"])
        self._model_storage = model_storage
        self._resource = resource
        self.model = model
        self._despair = despair or Despair(expressions=(), figures=())
        self._said = said  # short examples of talk, word for word

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PolicyIntentClassifier:
        return cls(config=config, model_storage=model_storage, resource=resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PolicyIntentClassifier:
        with model_storage.read_from(resource) as folder:
            model = LinearModel.load(folder)
            despair = Despair(**json.loads((folder / "crisis.json").read_text(encoding="utf-8")))
            said = frozenset(json.loads((folder / "talk.json").read_text(encoding="utf-8")))
        return cls(
            config=config,
            model_storage=model_storage,
            resource=resource,
            model=model,
            despair=despair,
            said=said,
        )

    @classmethod
    def required_packages(cls) -> list[str]:
        return ["numpy", "sklearn"]

    def train(self, training_data: TrainingData) -> Resource:
        examples = [m for m in training_data.intent_examples if m.get(TEXT)]
        self.model = fit([_sample(m) for m in examples], [m.get(INTENT) for m in examples])
        self._said = frozenset(
            str(m.get(NORMALISED))
            for m in examples
            if m.get(INTENT) in TALK and len(m.get(NORMALISED) or "") <= SHORT
        )
        expressions = {
            kind: [f["pattern"] for f in training_data.regex_features if f["name"] == name]
            for kind, name in (("expressions", CRISIS), ("figures", _FIGURE))
        }
        self._despair = Despair(**expressions)
        with self._model_storage.write_to(self._resource) as folder:
            self.model.save(folder)
            stored = json.dumps(expressions, ensure_ascii=False)
            (folder / "crisis.json").write_text(stored, encoding="utf-8")
            said = json.dumps(sorted(self._said), ensure_ascii=False)
            (folder / "talk.json").write_text(said, encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = self._ranking(message)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        text: str = message.get(NORMALISED) or ""
        without_tokens = TOKEN.sub("", text)
        if _WORDLESS.fullmatch(without_tokens):
            return [_intent(INFORM if without_tokens != text else NONSENSE, 1.0)]
        if _CHOICE.fullmatch(text):
            # The number of an offer; what it means without one, the action knows.
            return [_intent(PICK, 1.0)]
        if self._despair.is_said(text):
            return [_intent(CRISIS, 1.0)]
        if _FOREIGN.search(text):
            return [_intent(LANGUAGE, 1.0)]
        named = self._just_named(message, text)
        if named is not None:
            return [_intent(named, 1.0)]
        hear = cache(lambda part: self._hear(message, part))  # the same clause is heard for several ends
        whole = hear(text)
        if whole.best == CRISIS:
            return self._ranked_despair(message, whole)
        ranking = self._ranked(self._what_counts(whole, hear=hear))
        if ranking[0]["name"] not in TALK:
            # The question goes first; that it was asked in anger is heard as well.
            upset = heat_in(text, hear=hear, talk_at=self._talk_at)
            ranking += [_intent(upset, _HEARD_CONFIDENCE)] if upset else []
        return ranking

    def _ranked_despair(self, message: Message, whole: Heard) -> list[dict[str, Any]]:
        plain = self._despair.without_figures(whole.text)
        heard = whole if plain == whole.text else self._hear(message, plain)
        if heard.best != CRISIS:  # 「填表填得想死」 is like despair only by its figure of speech
            return self._ranked(heard)
        sure = heard.found[CRISIS]
        question = heard.subjects or asks(heard.text)
        if sure >= (self._crisis_in_question_at if question else self._crisis_at):
            # Alone in the ranking, so that no threshold or ambiguity takes it back.
            return [_intent(CRISIS, max(sure, _HEARD_CONFIDENCE))]
        # Short of despair: a question is searched, anything else is met with sympathy and its hotline.
        return [_intent(_FALLBACK if question else DISTRESS, _HEARD_CONFIDENCE)]

    def _just_named(self, message: Message, text: str) -> str | None:
        """A name of ours and nothing else: a place is chosen, anything else is asked about."""
        kinds = {e["entity"] for e in message.get(ENTITIES, []) if e.get("text", "") == text}
        if text in self._said or not kinds & (_SUBJECTS | _NAMES):
            return None
        return CHOOSE_REGION if "region" in kinds else ASK_POLICY

    def _what_counts(self, whole: Heard, *, hear: Callable[[str], Heard]) -> Heard:
        """The question in 「谢谢，那到期了咋续」, else the whole message."""
        doubtful = self._is_doubtful(whole)
        if whole.best not in COURTESY and not doubtful:
            return amid_heat(whole, hear=hear) or whole
        rest = beside_courtesy(whole.text, hear=hear, talk_at=self._talk_at)
        if rest is not None:
            found = hear(rest)
            if wins(found, doubtful=self._is_doubtful(found)):
                return found
        elif doubtful:
            return last_courtesy(whole.text, hear=hear, talk_at=self._talk_at) or whole
        return whole

    def _ranked(self, heard: Heard) -> list[dict[str, Any]]:
        ranking = [_intent(name, value) for name, value in list(heard.found.items())[:_RANKING_LENGTH]]
        if self._is_doubtful(heard):
            return [_intent(_FALLBACK, ranking[0]["confidence"]), *ranking]
        if heard.best in TALK:
            # Which of two kinds of talk may be open; that it is talk is sure.
            return [_intent(heard.best, max(ranking[0]["confidence"], _HEARD_CONFIDENCE))]
        return ranking

    def _is_doubtful(self, heard: Heard) -> bool:
        return heard.best in TALK and is_doubtful(heard, talk_at=self._talk_at)

    def _hear(self, message: Message, text: str) -> Heard:
        if self.model is None:
            raise RuntimeError("the intent classifier has not been trained")
        sample = _sample(message, text)
        found = self.model.probabilities(sample)
        entities = message.get(ENTITIES, [])
        return Heard(
            text=text,
            found=found,
            subjects=any(e["entity"] in _SUBJECTS and e.get("text", "") in text for e in entities),
            cue=self.model.has_cue(sample, next(iter(found))),
            said=text in self._said,
        )


def _intent(name: str, confidence: float) -> dict[str, Any]:
    return {"name": name, "confidence": confidence}


def _sample(message: Message, part: str | None = None) -> Sample:
    """Of the message, or of a part of it."""
    whole = message.get(NORMALISED) or ""
    text = whole if part is None else part
    return blocks_of(
        text=TOKEN.sub(lambda match: f"〔{match[1]}〕", text),
        words=[token.lemma for token in message.get(TOKENS_NAMES[TEXT], []) if token.text in text],
        labels=sorted({e["entity"] for e in message.get(ENTITIES, []) if e.get("text", "") in text}),
    )
