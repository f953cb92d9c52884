"""Submitted applications: storing them once, and telling their progress to who has number and code."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.errors import Refusal
from bot.runtime import SHANGHAI, Runtime
from bot.service.models import Application, ApplicationStatus, ProgressAttempts, StatusChange
from bot.service.rules import DONE, adopt, assess, missing, order
from bot.service.schemas import ServiceFile, ServiceItem
from bot.service.texts import Texts, load_texts
from bot.settings import PROJECT
from bot.text import personal

FAILURES_BEFORE_LOCK = 5
LOCK_MINUTES = 15
KEEP_ATTEMPTS_HOURS = 24
# No 0/O, 1/I/L; a letter first in each half keeps a code from being read as a phone number.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ"
_ALPHABET = _LETTERS + "23456789"


@dataclass(frozen=True)
class Catalogue:
    """Everything the guide needs that does not change while the app runs."""

    items: dict[str, ServiceItem]
    texts: Texts

    def item(self, key: object) -> ServiceItem | None:
        found = self.items.get(key) if isinstance(key, str) else None
        return found if found and found.active else None

    @property
    def offered(self) -> list[ServiceItem]:
        return [item for item in self.items.values() if item.active]


class Submission(NamedTuple):
    case_no: str
    code: str


@dataclass(frozen=True)
class Progress:
    """Nothing personal: a case number and a code may have been overheard."""

    case_no: str
    item: str
    status: ApplicationStatus
    timeline: list[tuple[datetime, ApplicationStatus]]


def load_catalogue(data: Path) -> Catalogue:
    items: dict[str, ServiceItem] = {}
    for path in sorted((data / "service").glob("*.yml")):
        for item in ServiceFile.model_validate(yaml.safe_load(path.read_text("utf-8"))).items:
            if item.key in items:
                raise ValueError(f"{path.name}: {item.key} is defined twice")
            items[item.key] = item
    return Catalogue(items, load_texts(data / "dialogue" / "texts.yml"))


async def start(rt: Runtime) -> None:
    rt.parts["service"] = load_catalogue(PROJECT / "data")


async def stop(rt: Runtime) -> None:
    rt.parts.pop("service", None)


def catalogue(rt: Runtime) -> Catalogue:
    found: Catalogue = rt.parts["service"]
    return found


async def submit(rt: Runtime, *, turn_id: str, conversation_id: str, draft: dict[str, Any]) -> Submission:
    """Store a confirmed draft. The same turn always yields the same number and code."""
    code = _code_of(rt, turn_id)
    async with rt.db.read() as session:
        earlier = await _case_of_turn(session, turn_id)
    if earlier:
        return Submission(earlier, code)
    item = catalogue(rt).item(draft.get("item"))
    if item is None:
        raise Refusal("unknown_item", "这个事项暂时不能在线办理，请转人工由专员协助。", status=404)
    fitted = adopt(item=item, stored=draft)
    confirmed = draft.get("stage") == DONE and draft.get("version") == item.version
    if not confirmed or missing(item=item, draft=fitted):
        raise Refusal("incomplete", "申请还没有填完，请继续填写后再提交。", status=409)
    values = fitted["values"]
    values = {key: values[key] for key in order(item=item, values=values) if key in values}
    raw = await _open_tokens(rt, conversation_id=conversation_id, values=values)
    result = assess(item=item, values=values)
    now = rt.clock.now()
    application = Application(
        case_no="",
        code_hash=_hash(rt, f"code:{code}"),
        turn_id=turn_id,
        conversation_id=conversation_id,
        item=item.key,
        item_version=item.version,
        status=ApplicationStatus.SUBMITTED,
        verdict=result.verdict if item.questions else None,
        route=result.route,
        sealed=vault.seal(rt, json.dumps(raw, ensure_ascii=False)),
        created_at=now,
        updated_at=now,
    )
    return Submission(await _store(rt, application), code)


async def _store(rt: Runtime, application: Application) -> str:
    for attempt in range(10):
        case_no = _case_no(rt, application.turn_id, attempt)
        try:
            async with rt.db.write() as session:
                earlier = await _case_of_turn(session, application.turn_id)
                if earlier:
                    return earlier
                if await session.scalar(select(Application.id).where(Application.case_no == case_no)):
                    continue
                application.case_no = case_no
                session.add(application)
                await session.flush()
                session.add(
                    StatusChange(
                        application_id=application.id,
                        status=application.status,
                        at=application.created_at,
                    )
                )
            return case_no
        except IntegrityError:
            # PostgreSQL: another process stored this turn, or took this number, in between.
            async with rt.db.read() as session:
                earlier = await _case_of_turn(session, application.turn_id)
            if earlier:
                return earlier
    raise Refusal("no_case_number", "暂时无法生成受理编号，请稍后再提交一次。", status=503)


async def progress(rt: Runtime, *, case_no: str, code: str, asker: str | None = None) -> Progress:
    """Status and timeline. Wrong number and wrong code look alike, and both are counted."""
    case_no, code = case_no.strip().upper(), code.replace("-", "").replace(" ", "").upper()
    subjects = [_hash(rt, f"case:{case_no}"), *([_hash(rt, f"asker:{asker}")] if asker else [])]
    now, found = rt.clock.now(), None
    async with rt.db.write() as session:
        rows = await session.scalars(
            select(ProgressAttempts).where(ProgressAttempts.subject.in_(subjects)).with_for_update()
        )
        attempts = {row.subject: row for row in rows}
        locked = any(row.locked_until and row.locked_until > now for row in attempts.values())
        if not locked:
            application = await session.scalar(select(Application).where(Application.case_no == case_no))
            expected = application.code_hash if application else ""
            if hmac.compare_digest(expected, _hash(rt, f"code:{code}")) and application:
                found = await _progress_of(rt, session, application)
            else:
                await _count_failures(session, subjects=subjects, attempts=attempts, now=now)
    # Raised after the commit: raising inside would roll the count back.
    if locked:
        raise Refusal(
            "progress_locked",
            f"查询次数过多，为保护您的信息，请 {LOCK_MINUTES} 分钟后再试，或者转人工查询。",
            status=429,
        )
    if found is None:
        raise Refusal(
            "progress_not_found", "受理编号或查询码不对，请核对后再发一次；找不到了可以转人工。", status=404
        )
    return found


async def submitted(session: AsyncSession, *, conversation_id: str) -> list[Application]:
    """What was submitted in a talk, the newest first; for permitted staff."""
    query = select(Application).where(Application.conversation_id == conversation_id)
    return list(await session.scalars(query.order_by(Application.created_at.desc(), Application.id.desc())))


async def _count_failures(
    session: AsyncSession, *, subjects: list[str], attempts: dict[str, ProgressAttempts], now: datetime
) -> None:
    await session.execute(
        delete(ProgressAttempts)
        .where(ProgressAttempts.first_at < now - timedelta(hours=KEEP_ATTEMPTS_HOURS))
        .where(ProgressAttempts.subject.not_in(subjects))
    )
    window = timedelta(minutes=LOCK_MINUTES)
    for subject in subjects:
        row = attempts.get(subject)
        if row is None:
            row = ProgressAttempts(subject=subject, failures=0, first_at=now, locked_until=None)
            session.add(row)
        if row.first_at <= now - window:
            row.failures, row.first_at, row.locked_until = 0, now, None
        row.failures += 1
        if row.failures >= FAILURES_BEFORE_LOCK:
            row.locked_until = now + window


async def _progress_of(rt: Runtime, session: AsyncSession, application: Application) -> Progress:
    changes = await session.scalars(
        select(StatusChange)
        .where(StatusChange.application_id == application.id)
        .order_by(StatusChange.at, StatusChange.id)
    )
    item = catalogue(rt).items.get(application.item)
    return Progress(
        case_no=application.case_no,
        item=item.name if item else application.item,
        status=ApplicationStatus(application.status),
        timeline=[(change.at, ApplicationStatus(change.status)) for change in changes],
    )


async def _case_of_turn(session: AsyncSession, turn_id: str) -> str | None:
    case_no: str | None = await session.scalar(
        select(Application.case_no).where(Application.turn_id == turn_id)
    )
    return case_no


async def _open_tokens(rt: Runtime, *, conversation_id: str, values: dict[str, str]) -> dict[str, str]:
    """The answers with real data in place of the tokens; a foreign token opens nothing."""
    tokens = [value for value in values.values() if personal.TOKEN.fullmatch(value)]
    opened = await vault.values_of(rt, conversation_id=conversation_id, tokens=tokens)
    if set(tokens) - set(opened):
        raise Refusal("lost_value", "有一项个人信息需要重新填写，请点“修改内容”重填后再提交。", status=409)
    return {key: opened.get(value, value) for key, value in values.items()}


def _case_no(rt: Runtime, turn_id: str, attempt: int) -> str:
    day = rt.clock.now().astimezone(SHANGHAI)
    number = int(_hash(rt, f"number:{turn_id}:{attempt}"), 16) % 100_000
    return f"HC{day:%Y%m%d}-{number:05d}"


def _code_of(rt: Runtime, turn_id: str) -> str:
    """Derived, not stored: a turn that is run again must say the same code."""
    digest = bytes.fromhex(_hash(rt, f"query-code:{turn_id}"))
    places = (_LETTERS, _ALPHABET, _ALPHABET, _ALPHABET) * 2
    # Two bytes a place: one byte would favour the first letters.
    return "".join(
        alphabet[int.from_bytes(digest[2 * n : 2 * n + 2]) % len(alphabet)]
        for n, alphabet in enumerate(places)
    )


def _hash(rt: Runtime, text: str) -> str:
    return hmac.new(rt.secrets.fingerprint.encode(), f"service:{text}".encode(), hashlib.sha256).hexdigest()
