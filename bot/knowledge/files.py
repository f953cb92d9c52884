"""YAML files in and out. Loading is idempotent and leaves drafts edited by staff alone."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from bot.knowledge.calibrate import calibrate
from bot.knowledge.index import Index
from bot.knowledge.models import FaqRow, FaqVersion, ReleaseRow, VersionState
from bot.knowledge.published import LEXICON, library_of, refresh, shipped_analyser
from bot.knowledge.releases import By, release
from bot.knowledge.schemas import Faq, InvalidFaq, parse_faq
from bot.runtime import SHANGHAI, Runtime
from bot.settings import PROJECT
from bot.texts import sentence

OUT_OF_SCOPE = "out_of_scope.yml"


@dataclass
class Loaded:
    """What a load did; `problems` maps `file: key` to field messages, and nothing was stored
    when there are any."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)  # edited by staff, so the file did not win
    unchanged: int = 0
    problems: dict[str, dict[str, str]] = field(default_factory=dict)
    release: int | None = None


async def load(rt: Runtime, *, folder: Path) -> Loaded:
    """Upsert by key and publish what is new or changed, as one release."""
    faqs, outcome = await asyncio.to_thread(read_faqs, folder)
    strays = await asyncio.to_thread(read_out_of_scope, folder)
    if outcome.problems:
        return outcome
    digests = {faq.key: _digest(faq) for faq in faqs}
    async with rt.db.read() as session:
        known = {
            key: (digest, status)
            for key, digest, status in (
                await session.execute(select(FaqRow.key, FaqRow.loaded_digest, FaqRow.status))
            ).all()
        }
        fitted = await session.scalar(
            select(ReleaseRow.calibration).order_by(ReleaseRow.number.desc()).limit(1)
        )
    due: list[Faq] = []
    for faq in faqs:
        if faq.key not in known:
            outcome.added.append(faq.key)
        elif known[faq.key][0] is None:
            outcome.kept.append(faq.key)
            continue
        elif known[faq.key][0] == digests[faq.key]:
            outcome.unchanged += 1
            continue
        else:
            outcome.changed.append(faq.key)
        due.append(faq)
    marks = await asyncio.to_thread(_fitted_with, strays)
    if not due and (fitted or {}).get("fitted_with") == marks:
        return outcome
    # Fitting takes seconds, so it happens before the transaction, on what will be published.
    library = await library_of(rt)
    await refresh(rt, library)
    figures = await asyncio.to_thread(
        _fit, library.snapshot.index, due, strays, rt.clock.now().astimezone(SHANGHAI).date()
    )
    async with rt.db.write() as session:
        rows = []
        for faq in due:
            row = await session.get(FaqRow, faq.key)
            if row is None:
                row = FaqRow(key=faq.key, created_at=rt.clock.now(), revision=0)
                session.add(row)
            elif row.loaded_digest is None:  # staff were quicker
                continue
            put_draft(row, faq, rt=rt)
            row.loaded_digest = digests[faq.key]
            rows.append(row)
        outcome.release = await release(
            rt,
            session,
            rows=rows,
            state=VersionState.PUBLISHED,
            by=By(),
            calibration=figures | {"fitted_with": marks},
        )
    rt.hints.notify("release")
    await refresh(rt, library)
    return outcome


async def export(rt: Runtime, *, folder: Path) -> int:
    """Write what answers now, one file per category, in the shape that `load` reads and publishes."""
    published = (FaqVersion.key == FaqRow.key) & (FaqVersion.version == FaqRow.published_version)
    async with rt.db.read() as session:
        contents = (
            await session.scalars(
                select(FaqVersion.content)
                .join(FaqRow, published)
                .where(FaqVersion.state == VersionState.PUBLISHED)
                .order_by(FaqVersion.key)
            )
        ).all()
    await asyncio.to_thread(_write, folder, contents)
    return len(contents)


def put_draft(row: FaqRow, faq: Faq, *, rt: Runtime) -> None:
    row.draft = faq.model_dump(mode="json")
    row.revision += 1
    row.question = faq.question
    row.category = faq.category
    row.search_text = "\n".join([faq.key, *faq.says()])
    row.updated_at = rt.clock.now()


def read_out_of_scope(folder: Path) -> list[str]:
    """Questions that must not be answered: a list, or lists by group, under `out_of_scope`."""
    path = folder / OUT_OF_SCOPE
    if not path.exists():
        return []
    return _strings((yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("out_of_scope"))


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = value.get("question") or value.get("text") or list(value.values())
        return _strings(value)
    return [text for part in value for text in _strings(part)] if isinstance(value, list) else []


def read_faqs(folder: Path) -> tuple[list[Faq], Loaded]:
    """The folder's FAQs, and what is wrong with the rest."""
    outcome, faqs = Loaded(), dict[str, Faq]()
    for path in sorted(folder.glob("*.yml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for number, record in enumerate(data.get("faqs") or []):
            name = record.get("key", number) if isinstance(record, dict) else number
            try:
                faq = parse_faq(record)
            except InvalidFaq as problem:
                outcome.problems[f"{path.name}: {name}"] = problem.fields
                continue
            if faq.region not in shipped_analyser().lexicon.regions:
                outcome.problems[f"{path.name}: {name}"] = {"region": sentence("knowledge.unknown_region")}
            if faq.key in faqs:
                outcome.problems[f"{path.name}: {name}"] = {"key": "这个编号出现了两次。"}
            faqs[faq.key] = faq
    return list(faqs.values()), outcome


def _write(folder: Path, drafts: Sequence[dict[str, Any]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    by_category: dict[str, list[dict[str, Any]]] = {}
    for draft in drafts:
        by_category.setdefault(draft["category"], []).append(draft)
    for number, (_, faqs) in enumerate(sorted(by_category.items()), start=1):
        text = yaml.safe_dump({"faqs": faqs}, allow_unicode=True, sort_keys=False, width=120)
        (folder / f"faqs_{number:02}.yml").write_text(text, encoding="utf-8")


def _digest(faq: Faq) -> str:
    return hashlib.sha256(faq.model_dump_json().encode()).hexdigest()


def _fitted_with(strays: Sequence[str]) -> str:
    """What the figures rest on beside the FAQs: the list out of scope, the lexicon and the search itself."""
    digest = hashlib.sha256(json.dumps(strays, ensure_ascii=False).encode())
    for folder, kind in (
        (PROJECT / "bot/knowledge", "*.py"),
        (PROJECT / "bot/text", "*.py"),
        (LEXICON, "*.yml"),
    ):
        for path in sorted(folder.glob(kind)):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _fit(index: Index, due: Sequence[Faq], strays: Sequence[str], today: date) -> dict[str, Any]:
    return calibrate(index.updated(changed=due), out_of_scope=strays, today=today).as_json()
