"""The same deed on many parts: each its own transaction, each its own answer."""

from typing import Any

from bot.accounts.permissions import Staff
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.case_deeds import Deed
from bot.service.case_rules import CaseEvent
from bot.service.case_work import act


async def act_on_all(
    rt: Runtime, *, staff: Staff, event: CaseEvent, parts: list[tuple[str, int]], deed: Deed
) -> list[dict[str, Any]]:
    """Per part what it became, or why not. One that fails keeps none of the others back."""
    results: list[dict[str, Any]] = []
    for part_id, version in parts:
        try:
            done = await act(rt, part_id=part_id, event=event, by=staff, version=version, deed=deed)
        except Refusal as refusal:
            results.append({"id": part_id, "ok": False, "code": refusal.code, "message": refusal.message})
        else:
            results.append({"id": part_id, "ok": True, "status": done.status, "version": done.version})
    return results
