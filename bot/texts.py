"""Sentences for people live in data/dialogue/*.yml; code names them by `file key.name`."""

from functools import cache
from typing import Any

import yaml

from bot.settings import PROJECT


@cache
def _catalogue() -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for path in sorted((PROJECT / "data" / "dialogue").glob("*.yml")):
        merged |= yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    return merged


def sentence(key: str, /, **values: object) -> str:
    """`sentence("conversation.claimed", name="林晓")`; KeyError for an unknown key."""
    section, name = key.split(".", 1)
    text: str = _catalogue()[section][name]
    return text.format(**values)


def lines(key: str, /) -> list[str]:
    """A list of sentences, e.g. the points of a notice."""
    section, name = key.split(".", 1)
    found: list[str] = _catalogue()[section][name]
    return list(found)
