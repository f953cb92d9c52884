"""The demo item and the shipped sentences."""

from functools import cache
from pathlib import Path

import yaml

from bot.service.schemas import ServiceItem
from bot.service.texts import Texts, load_texts

PROJECT = Path(__file__).resolve().parents[2]


@cache
def _demo() -> dict[str, object]:
    raw: dict[str, object] = yaml.safe_load(Path(__file__).with_name("demo_item.yml").read_text("utf-8"))
    return raw


def demo_item(**changes: object) -> ServiceItem:
    return ServiceItem.model_validate({**_demo(), **changes})


def texts() -> Texts:
    return load_texts(PROJECT / "data" / "dialogue" / "texts.yml")
