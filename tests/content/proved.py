"""The digest of what was proved: every figure we tell, in the order told, with its sources.

    python -m tests.content.proved

proves all of it against the fact sheet and, only if nothing is left unproved, rewrites proved.yml.
Where the sheet is absent, what we tell must equal the digest: a figure changed later fails there too.
"""

import re
import sys
from pathlib import Path
from typing import Any

import yaml

from bot.service.rendering import tell_once
from bot.service.schemas import FormField, Question, ServiceItem
from bot.service.texts import load_texts
from tests.content.fact_sheet import SHEET
from tests.content.proof import Telling, figures_of, of_faq, unproved
from tests.content.shipped import BY_KEY, ENTITLEMENTS, FAQS, ITEMS, ROOT, load, sentences

DIGEST = Path(__file__).with_name("proved.yml")
COMMAND = "python -m tests.content.proved"
# The regulation of which an item quotes one article is known from more than one copy.
_SAME_REGULATION = {"P03": {"P02", "P04"}, "P02": {"P03", "P04"}}
# Sentences that state something of a policy.
_SENTENCE_SOURCES = {"profile.profile.counts_as": {"Q02"}}
# Figures of the software itself, no policy: lengths it checks, numbers it gives, an example.
_OWN = {
    "conversation.conversation.queued_first": {"1位"},  # place in the queue
    "documents.documents.encoding": {"8"},  # UTF-8
    "documents.documents.too_long": {"500", "5000"},
    "documents.documents.wrong_date": {"2026", "01", "31"},
    "knowledge.knowledge.unknown_region": {"6位"},
    "texts.texts.ask_case": {"20260101", "12345"},
    "texts.texts.ask_code": {"8位"},
    "entitled.benefits.listed_already": {"1年"},  # a list is one of its year
    "grassroots.grassroots.asked_often": {"1年"},
    "identity.identity.too_often": {"1小时"},
    "identity.privacy.version": {"2026", "11"},
    "identity.identity.wrong_said": {"6位"},
    "identity.privacy.lines.1": {"6位"},
    "talents.talents.note_day": {"2024", "05", "06"},
    "talents.talents.note_region": {"370102"},
    "talents.talents.row_day": {"2024", "05", "06"},
    "talents.talents.row_year": {"4位", "1985"},
    "talents.talents.row_region": {"6位"},
    "texts.texts.material_how": {"10", "9个"},
    "texts.texts.file_enough": {"9个"},
}


def of_item(item: ServiceItem) -> Telling:
    """The whole card as it is rendered, and everything the guide asks or says on the way."""
    card = tell_once(item=item, texts=load_texts(ROOT / "data/dialogue/texts.yml"))
    # The number of a line in a list is no figure.
    text = re.sub(r"(?m)(^|：)\d+\. ", r"\1", card.plain_text())
    said = [text, item.name, item.office, *(source.title for source in card.sources)]
    said += [source.clause or "" for source in card.sources]
    said += [source.number or "" for source in card.sources]
    steps: list[Question | FormField] = [*item.questions, *item.fields]
    for step in steps:
        said += [
            step.label,
            step.ask,
            step.help or "",
            *(option.title for option in step.options),
        ]
    for rule in item.rules:
        said += [rule.because, rule.basis or ""]
    codes = {basis.code for basis in item.basis if basis.code}
    for code in sorted(codes):
        codes |= _SAME_REGULATION.get(code, set())
    dates = [basis.date or "" for basis in item.basis]
    return Telling(item.key, said, codes, region=item.region, year=item.year, dates=dates)


def of_entitlement(row: dict[str, Any]) -> Telling:
    """One line of what a person may be entitled to; it quotes the answer it leads to."""
    told = ("title", "line", "limit", "subject", "side", "amount")
    return Telling(
        name=row["key"],
        sentences=[str(row[part]) for part in told if row.get(part)],
        codes=set(row["codes"]),
        region=row["region"],
        year=row["year"],
        context=of_faq(BY_KEY[row["faq"]]).sentences,
    )


def of_sentence(name: str, text: str) -> Telling:
    return Telling(name, [re.sub(r"\{\w+\}", "", text)], _SENTENCE_SOURCES.get(name, set()))


def tellings() -> dict[str, dict[str, Telling]]:
    fixed = {name: of_sentence(name, text) for name, text in sentences().items()}
    return {
        "faqs": {faq["key"]: of_faq(faq) for faq in FAQS},
        "entitlements": {row["key"]: of_entitlement(row) for row in ENTITLEMENTS},
        "items": {item.key: of_item(item) for item in ITEMS.values()},
        "sentences": {name: telling for name, telling in fixed.items() if figures_of(telling)},
    }


def digest() -> dict[str, Any]:
    return {
        group: {
            name: {"sources": sorted(telling.codes), "figures": figures_of(telling)}
            for name, telling in sorted(of_group.items())
        }
        for group, of_group in tellings().items()
    }


def all_unproved() -> dict[str, list[str]]:
    return {
        name: missing
        for of_group in tellings().values()
        for name, telling in of_group.items()
        if (missing := [figure for figure in unproved(telling) if figure not in _OWN.get(name, set())])
    }


def recorded() -> dict[str, Any]:
    return dict(load(DIGEST))


def main() -> int:
    if not SHEET.exists():
        print(f"{SHEET} is absent: nothing can be proved", file=sys.stderr)
        return 2
    if missing := all_unproved():
        for name, figures in missing.items():
            print(f"not proved: {name}: {'、'.join(figures)}", file=sys.stderr)
        return 1
    head = f"# Written by `{COMMAND}` after every figure was proved; not to be edited by hand.\n"
    lines = [head]
    for group, entries in digest().items():
        lines.append(f"{group}:\n")
        for name, entry in entries.items():
            flow = yaml.safe_dump(entry, allow_unicode=True, default_flow_style=True, width=10**6).strip()
            lines.append(f"  {name}: {flow}\n")
    DIGEST.write_text("".join(lines), encoding="utf-8")
    print(f"proved and written: {sum(map(len, digest().values()))} entries")
    return 0


if __name__ == "__main__":
    sys.exit(main())
