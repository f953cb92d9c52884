"""The demo item and the shipped sentences."""

from pathlib import Path

import yaml

from bot.service.schemas import ServiceItem
from bot.service.texts import Texts, load_texts

PROJECT = Path(__file__).resolve().parents[2]


def demo_item(**changes: object) -> ServiceItem:
    raw = yaml.safe_load(Path(__file__).with_name("demo_item.yml").read_text(encoding="utf-8"))
    return ServiceItem.model_validate({**raw, **changes})


def texts() -> Texts:
    return load_texts(PROJECT / "data" / "dialogue" / "texts.yml")
