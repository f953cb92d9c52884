"""The rules by which a person is offered or called, as permitted staff keep them."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.handover_models import TriggerRule
from bot.conversation.log import wire_time
from bot.conversation.trigger_rules import Trigger, TriggerKey, Triggers, defaults, described
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.text.normalise import normalise

MAX_WORDS = 200
MAX_WORD = 20  # characters
MAX_THRESHOLD = 500
_PERCENT = (TriggerKey.SENSITIVE, TriggerKey.COMPLAINT)
_COUNTED = (TriggerKey.UNANSWERED, TriggerKey.TURN_CAP)


async def triggers_of(session: AsyncSession) -> Triggers:
    """The rules in force: the kept ones over the defaults."""
    kept = {row.key: row for row in await session.scalars(select(TriggerRule))}
    return {key: _rule(default, kept.get(key)) for key, default in defaults().items()}


async def list_triggers(rt: Runtime) -> list[dict[str, Any]]:
    """`[{"key", "title", "unit", "enabled", "connect", "threshold", "words", "updated_at", "updated_by"}]`,
    for the settings page."""
    async with rt.db.read() as session:
        kept = {row.key: row for row in await session.scalars(select(TriggerRule))}
    return [_wire(_rule(default, kept.get(key)), kept.get(key)) for key, default in defaults().items()]


async def save_trigger(
    session: AsyncSession,
    rt: Runtime,
    *,
    key: str,
    enabled: bool,
    connect: bool,
    threshold: int | None,
    words: list[str],
    by: str,
) -> dict[str, Any]:
    """In the transaction of whoever audits it; returns the rule as `list_triggers` shows it."""
    if key not in defaults():
        raise Refusal("no_such_trigger", "没有找到这条规则，请刷新页面后重试。", status=404)
    name = TriggerKey(key)
    clean = list(dict.fromkeys(word for raw in words if (word := normalise(raw).lower().strip())))
    if len(clean) > MAX_WORDS or any(len(word) > MAX_WORD for word in clean):
        raise Refusal("bad_words", f"最多 {MAX_WORDS} 个词，每个不超过 {MAX_WORD} 个字。", status=422)
    if any(len(word) < 2 for word in clean):
        raise Refusal("bad_words", "一个字的词会误伤太多问题，请至少写两个字。", status=422)
    highest = 100 if name in _PERCENT else MAX_THRESHOLD
    if name in (*_PERCENT, *_COUNTED) and not 1 <= (threshold or 0) <= highest:
        raise Refusal("bad_threshold", f"请填写 1 到 {highest} 之间的整数。", status=422)
    row = await session.get(TriggerRule, key, with_for_update=True)
    if row is None:
        row = TriggerRule(key=key, updated_at=rt.clock.now())
        session.add(row)
    row.enabled, row.connect, row.words = enabled, connect, clean
    row.threshold = threshold if name in (*_PERCENT, *_COUNTED) else None
    row.updated_at, row.updated_by = rt.clock.now(), by
    await session.flush()
    return _wire(_rule(defaults()[name], row), row)


def _rule(default: Trigger, row: TriggerRule | None) -> Trigger:
    if row is None:
        return default
    return Trigger(
        key=default.key,
        enabled=row.enabled,
        connect=row.connect,
        threshold=row.threshold or default.threshold,
        words=tuple(row.words),
    )


def _wire(rule: Trigger, row: TriggerRule | None) -> dict[str, Any]:
    text = described()[rule.key]
    return {
        "key": rule.key,
        "title": text["title"],
        "unit": text.get("unit"),
        "enabled": rule.enabled,
        "connect": rule.connect,
        "threshold": rule.threshold or None,
        "words": list(rule.words),
        "updated_at": wire_time(row.updated_at) if row else None,
        "updated_by": row.updated_by if row else None,
    }
