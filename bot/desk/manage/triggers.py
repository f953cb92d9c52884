"""触发规则 on the settings page: kept by the conversation, changed and audited here."""

from dataclasses import dataclass
from typing import Any

from bot.accounts.permissions import Staff
from bot.accounts.service import audit
from bot.conversation.handover_models import TriggerRule
from bot.conversation.log import wire_time
from bot.conversation.triggers import save_trigger
from bot.desk.manage.changes import check_everywhere
from bot.errors import Refusal
from bot.runtime import Runtime


@dataclass(frozen=True)
class TriggerEdit:
    enabled: bool
    connect: bool
    threshold: int | None
    words: list[str]
    updated_at: str | None  # as listed; None: never changed


async def change_trigger(rt: Runtime, *, key: str, edit: TriggerEdit, staff: Staff) -> dict[str, Any]:
    check_everywhere(staff)
    async with rt.db.write() as session:
        row = await session.get(TriggerRule, key, with_for_update=True)
        if (wire_time(row.updated_at) if row else None) != edit.updated_at:
            raise Refusal("changed_meanwhile", "同事刚刚修改过这条规则，请刷新后再改。", status=409)
        fields = ("enabled", "connect", "threshold")
        before = {name: getattr(row, name) if row else None for name in fields}
        words = list(row.words) if row else []
        saved = await save_trigger(
            session,
            rt,
            key=key,
            enabled=edit.enabled,
            connect=edit.connect,
            threshold=edit.threshold,
            words=edit.words,
            by=staff.id,
        )
        changed: dict[str, Any] = {
            name: [before[name], saved[name]] for name in fields if before[name] != saved[name]
        }
        if words != saved["words"]:
            changed["words"] = [len(words), len(saved["words"])]
        await audit(
            session,
            staff_id=staff.id,
            action="settings.trigger",
            subject=key,
            detail={"changed": changed},
            at=rt.clock.now(),
        )
    return saved
