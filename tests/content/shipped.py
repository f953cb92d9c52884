"""What we ship that people read: FAQs, service items, sentences. Loaded once for all content tests."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from bot.service.schemas import ServiceItem
from bot.service.seeds import read_items

ROOT = Path(__file__).resolve().parents[2]
KNOWLEDGE = ROOT / "data" / "knowledge"
Faq = dict[str, Any]


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


FAQS: list[Faq] = [faq for path in sorted(KNOWLEDGE.glob("*.yml")) for faq in load(path).get("faqs", [])]
BY_KEY: dict[str, Faq] = {faq["key"]: faq for faq in FAQS}
OUT_OF_SCOPE: list[str] = load(KNOWLEDGE / "out_of_scope.yml")["out_of_scope"]
REGIONS: list[dict[str, Any]] = load(ROOT / "data/lexicon/regions.yml")["regions"]
REGION_NAMES: dict[str, str] = {region["code"]: region["name"] for region in REGIONS}
ITEMS: dict[str, ServiceItem] = {item.key: item for item in read_items()[0]}
ENTITLEMENTS: list[dict[str, Any]] = [
    row
    for path in sorted((ROOT / "data/entitlements").glob("*.yml"))
    for row in load(path).get("entitlements", [])
]


def failing(problems_of: Callable[[Faq], object]) -> dict[str, object]:
    """Every FAQ with a problem at once, so that one run shows all there is to mend."""
    return {faq["key"]: problems for faq in FAQS if (problems := problems_of(faq))}


def rows(answer: dict[str, Any]) -> list[str]:
    """A table's lines: what stands in one row is told together."""
    table = answer.get("table") or {"head": [], "rows": []}
    return [" ".join(line) for line in [table["head"], *table["rows"]] if line]


def told(faq: Faq) -> list[str]:
    """Every sentence of a FAQ that a person may read; the question is also a button's title."""
    answer = faq["answer"]
    return [faq["question"], *answer.get("paragraphs", []), *answer.get("items", []), *rows(answer)]


def codes_of(faq: Faq) -> set[str]:
    return {source["code"] for source in faq["sources"]}


# Headings of the reports' columns, and how staff write an item: neither states a fact about a policy.
NOT_TOLD = frozenset({"workbook", "items"})


def sentences() -> dict[str, str]:
    """Static sentences by name: data/dialogue and the engine's own responses, button titles included."""
    out: dict[str, str] = {}
    for path in sorted((ROOT / "data/dialogue").glob("*.yml")):
        if path.stem in NOT_TOLD:
            continue
        _collect(load(path), path.stem, out)
    responses = load(ROOT / "domain.yml")["responses"]
    for name, variants in responses.items():
        for number, variant in enumerate(variants, start=1):
            out[f"{name}.{number}"] = variant["text"]
            for button in variant.get("buttons", []):
                out[f"{name}.{number}.{button['title']}"] = button["title"]
    return out


def _collect(value: Any, name: str, out: dict[str, str]) -> None:
    if isinstance(value, str):
        out[name] = value
    elif isinstance(value, dict):
        for key, part in value.items():
            _collect(part, f"{name}.{key}", out)
    else:
        for number, part in enumerate(value or [], start=1):
            _collect(part, f"{name}.{number}", out)
