"""What every settings page shares: nobody overwrites a colleague, and the log says what changed."""

from datetime import datetime
from typing import Any

from bot.accounts.permissions import Staff
from bot.accounts.reach import Reach
from bot.desk.access import scope_of
from bot.errors import Refusal


def check_unchanged(stored: datetime, seen: datetime | None) -> None:
    """`seen` is the `updated_at` the page was filled from."""
    if seen is None or stored != seen:
        raise Refusal("changed_meanwhile", "同事刚刚修改过这一项，请刷新后再改。", status=409)


def apply(row: Any, values: dict[str, Any], *, texts: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Set the values and give what changed for the audit log; of texts only that they changed."""
    changed: dict[str, Any] = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            changed[name] = None if name in texts else [before, value]
            setattr(row, name, value)
    return changed


def may_region(staff: Staff, region: str) -> bool:
    """Whether a place lies within what the person keeps settings or accounts for."""
    return staff.reach == Reach.ALL or region.startswith(scope_of(staff).region_prefix)


def check_region(staff: Staff, region: str) -> None:
    if not may_region(staff, region):
        raise Refusal("out_of_reach", "这超出了您负责的地区，请联系上级管理员。", status=403)


def check_everywhere(staff: Staff) -> None:
    """Settings that hold for every team are for those who see the whole country."""
    check_region(staff, "000000")


def unknown(what: str) -> Refusal:
    return Refusal("not_found", f"没有找到这个{what}，请刷新列表后重试。", status=404)
