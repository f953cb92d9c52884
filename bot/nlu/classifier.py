"""The intent: a calibrated linear classifier, with two things decided before it."""

from __future__ import annotations

import json
import re
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

from bot.nlu.features import blocks_of
from bot.nlu.linear import LinearModel, Sample, fit
from bot.nlu.tokenizer import NORMALISED
from bot.text.personal import TOKEN

INFORM, NONSENSE, CRISIS, PICK = "inform", "nonsense", "crisis", "pick_faq"
_RANKING_LENGTH = 5
_HEARD_CONFIDENCE = 0.6
_WORDLESS = re.compile(r"[\W_]*")
_CHOICE = re.compile(r"[1-6]")
_ASKS = re.compile(
    r"什么|啥|怎|咋|如何|多少|几[年天个岁月次]|哪|谁|吗|多久|能不能|可不可以|有没有|是不是|要不要"
)
_FALLBACK = "nlu_fallback"
# Talk, as opposed to tasks: taken for a question if in doubt, because a wrong courtesy is a dead end.
_TALK = frozenset(
    (
        "greet",
        "thanks",
        "goodbye",
        "affirm",
        "deny",
        "praise",
        "complaint",
        "abuse",
        "privacy",
        "misconduct",
        "fraud",
        "accessibility",
        "language",
        "nonsense",
        "capabilities",
        "menu",
        "none_of_these",
    )
)
_AROUND_QUESTIONS = frozenset(("greet", "thanks", "goodbye", "affirm", "deny", "praise", "complaint"))
_SNOOPING = "snooping"
_CONTACT = re.compile(r"专员.{0,4}(?:电话|号码|联系)|联系.{0,4}专员")
_COURTESY = frozenset(("greet", "thanks", "goodbye", "affirm", "deny"))
_STOP = re.compile(r"[,。!;~…]")
_TALK_LENGTH = 4  # 「有人吗」 is no question yet
_SUBJECTS = frozenset(("item", "programme"))
_SHORT = 8  # a text this short is an act of talk only if it holds one of its cues
_TOO_SHORT_FOR_CUES = 2


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class PolicyIntentClassifier(GraphComponent, IntentClassifier):
    """Personal tokens alone are an answer; words of despair are always heard.

    A missed crisis is worse than a needless word of care: the expressions of the training
    data's `regex: crisis` decide alone, and a likely crisis wins below certainty.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"crisis_at": 0.3, "talk_at": 0.6}

    def __init__(
        self,
        *,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: LinearModel | None = None,
        crisis_patterns: list[str] | None = None,
        said: frozenset[str] = frozenset(),
    ) -> None:
        self._crisis_at = float(config["crisis_at"])
        self._talk_at = float(config["talk_at"])
        self._model_storage = model_storage
        self._resource = resource
        self.model = model
        self._said = said  # short examples of talk, word for word
        self._crisis_patterns = crisis_patterns or []
        self._crisis = re.compile("|".join(self._crisis_patterns)) if crisis_patterns else None

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
            patterns = json.loads((folder / "crisis.json").read_text(encoding="utf-8"))
            said = frozenset(json.loads((folder / "talk.json").read_text(encoding="utf-8")))
        return cls(
            config=config,
            model_storage=model_storage,
            resource=resource,
            model=model,
            crisis_patterns=patterns,
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
            if m.get(INTENT) in _TALK and len(m.get(NORMALISED) or "") <= _SHORT
        )
        self._crisis_patterns = [
            feature["pattern"] for feature in training_data.regex_features if feature["name"] == CRISIS
        ]
        self._crisis = re.compile("|".join(self._crisis_patterns)) if self._crisis_patterns else None
        with self._model_storage.write_to(self._resource) as folder:
            self.model.save(folder)
            stored = json.dumps(self._crisis_patterns, ensure_ascii=False)
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
        if self._crisis and self._crisis.search(text):
            return [_intent(CRISIS, 1.0)]
        if self.model is None:
            raise RuntimeError("the intent classifier has not been trained")
        sample = _sample(message)
        found = self.model.probabilities(sample)
        ranking = [_intent(name, value) for name, value in list(found.items())[:_RANKING_LENGTH]]
        if found.get(CRISIS, 0.0) >= self._crisis_at:
            # Alone in the ranking, so that no threshold or ambiguity takes it back.
            return [_intent(CRISIS, max(found[CRISIS], _HEARD_CONFIDENCE))]
        if ranking[0]["name"] in (*_TALK, _SNOOPING) and self._doubtful(message, ranking[0], sample):
            return [_intent(_FALLBACK, ranking[0]["confidence"]), *ranking]
        return ranking

    def _doubtful(self, message: Message, best: dict[str, Any], sample: Sample) -> bool:
        """「看病」 shares one character with abuse and is no abuse: search decides."""
        text: str = message.get(NORMALISED) or ""
        if text in self._said:
            return False
        subject = any(e["entity"] in _SUBJECTS for e in message.get(ENTITIES, []))
        if subject and best["name"] == _SNOOPING and _CONTACT.search(text):
            # 「专员电话给我」: how one's own specialist is reached is no secret.
            return True
        if subject and _ASKS.search(text):
            # 「谢谢，那惠才卡丢了怎么办」: courtesy or anger around a question.
            return best["name"] in _AROUND_QUESTIONS
        if best["name"] in _COURTESY and self._goes_on(text):
            return True
        if best["confidence"] < self._talk_at:
            return True
        if not _TOO_SHORT_FOR_CUES <= len(text) <= _SHORT:
            return False
        if any(e["entity"] in _SUBJECTS and e.get("text", "") == text for e in message.get(ENTITIES, [])):
            return True
        if self.model is None:
            raise RuntimeError("the intent classifier has not been trained")
        return not self.model.has_cue(sample, best["name"])

    def _goes_on(self, text: str) -> bool:
        """「谢谢，那丢了怎么办」, but not 「你好，在吗」."""
        rest = _STOP.split(text, maxsplit=1)[1:]
        return (
            bool(rest)
            and len(rest[0]) > _TALK_LENGTH
            and rest[0] not in self._said
            and bool(_ASKS.search(rest[0]))
        )


def _intent(name: str, confidence: float) -> dict[str, Any]:
    return {"name": name, "confidence": confidence}


def _sample(message: Message) -> Sample:
    return blocks_of(
        text=TOKEN.sub(lambda match: f"〔{match[1]}〕", message.get(NORMALISED) or ""),
        words=[token.lemma for token in message.get(TOKENS_NAMES[TEXT], [])],
        labels=sorted({entity["entity"] for entity in message.get(ENTITIES, [])}),
    )
