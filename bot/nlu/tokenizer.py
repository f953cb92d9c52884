"""Chinese words by jieba with the policy dictionary, in an instance of its own."""

from __future__ import annotations

import json
import logging
from typing import Any

import jieba
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.sources import lexicon_fingerprint, read_lexicon
from bot.text.normalise import normalise
from bot.text.personal import TOKEN

NORMALISED = "normalised_text"
_FILE = "words.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=True)
class PolicyTokenizer(Tokenizer):
    """Tokens of the normalised text; personal tokens such as 〔姓名1〕 stay whole.

    The words are stored in the model: a model answers the same wherever it is loaded.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "lexicon": "data/lexicon",
        }

    def __init__(
        self,
        config: dict[str, Any],
        *,
        model_storage: ModelStorage,
        resource: Resource,
        words: list[str],
        synonyms: dict[str, str],
    ) -> None:
        super().__init__(config)
        self._model_storage = model_storage
        self._resource = resource
        self.words = words
        self._synonyms = synonyms
        self._jieba = _segmenter(words)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PolicyTokenizer:
        lexicon = read_lexicon(config["lexicon"])
        return cls(
            config,
            model_storage=model_storage,
            resource=resource,
            words=list(lexicon.all_words),
            synonyms=dict(lexicon.synonyms),
        )

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PolicyTokenizer:
        with model_storage.read_from(resource) as folder:
            stored = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage=model_storage, resource=resource, **stored)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        return lexicon_fingerprint(config.get("lexicon", cls.get_default_config()["lexicon"]))

    @classmethod
    def required_packages(cls) -> list[str]:
        return ["jieba"]

    def train(self, training_data: TrainingData) -> Resource:
        with self._model_storage.write_to(self._resource) as folder:
            stored = {"words": self.words, "synonyms": self._synonyms}
            (folder / _FILE).write_text(json.dumps(stored, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text = normalise(message.get(attribute))
        message.set(NORMALISED, text)
        tokens: list[Token] = []
        position = 0
        for personal in TOKEN.finditer(text):
            tokens += self._cut(text[position : personal.start()], offset=position)
            tokens.append(Token(personal[0], personal.start(), lemma=f"〔{personal[1]}〕"))
            position = personal.end()
        return tokens + self._cut(text[position:], offset=position)

    def _cut(self, text: str, *, offset: int) -> list[Token]:
        return [
            Token(word, offset + start, lemma=self._synonyms.get(word, word))
            for word, start, _ in self._jieba.tokenize(text)
            if word.strip()
        ]


def _segmenter(words: list[str]) -> jieba.Tokenizer:
    """jieba's functions share one process-wide dictionary; an instance keeps ours apart."""
    jieba.setLogLevel(logging.ERROR)
    segmenter = jieba.Tokenizer()
    # Read the dictionary directly: jieba would keep a cache file in the shared temporary folder.
    segmenter.FREQ, segmenter.total = segmenter.gen_pfdict(segmenter.get_dict_file())
    segmenter.initialized = True
    for word in words:
        segmenter.add_word(word)
    return segmenter
