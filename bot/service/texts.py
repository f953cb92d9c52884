"""Sentences of the guide and the actions, and the words people use to steer a form."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import yaml


class Command(StrEnum):
    """What a person may say at any step of a form."""

    BACK = "back"
    CANCEL = "cancel"
    PAUSE = "pause"
    HUMAN = "human"
    MISSING = "missing"
    REPEAT = "repeat"
    # Parts of the card told in full.
    CONDITIONS = "conditions"
    MATERIALS = "materials"
    STEPS = "steps"
    CORRECT = "correct"


@dataclass(frozen=True)
class Texts:
    texts: dict[str, str]
    commands: dict[Command, list[str]]
    # Kind of a field → how people call it when they correct it (手机, 电话 …).
    field_words: dict[str, list[str]] = field(default_factory=dict)

    def say(self, key: str, /, **values: object) -> str:
        return self.texts[key].format(**values)


def load_texts(path: Path) -> Texts:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Texts(
        texts=raw["texts"],
        commands={Command(name): words for name, words in raw["commands"].items()},
        field_words=raw["field_words"],
    )
