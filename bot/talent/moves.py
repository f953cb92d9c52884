"""The small state tables of grass-roots work and of matching, and the one way to move along them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import Refusal
from bot.store.base import Base
from bot.talent.demand_models import Challenge, ChallengeClaim, Cooperation, Demand, DemandMatch, Visit
from bot.talent.grassroots_models import Participation, Project

Moves = Mapping[tuple[str, str], str]  # (status, event) → status

TABLES: Mapping[type[Base], Moves] = {
    Project: {
        ("草稿", "publish"): "征集中",
        ("征集中", "withdraw"): "草稿",
        ("征集中", "start"): "进行中",
        ("进行中", "finish"): "已结束",
        ("草稿", "cancel"): "已取消",
        ("征集中", "cancel"): "已取消",
        ("进行中", "cancel"): "已取消",
    },
    Participation: {
        ("报名", "recommend"): "已推荐",
        ("报名", "confirm"): "已确认",
        ("已推荐", "confirm"): "已确认",
        ("已确认", "complete"): "已完成",
        ("报名", "refuse"): "未采纳",
        ("已推荐", "refuse"): "未采纳",
        ("报名", "leave"): "已退出",
        ("已推荐", "leave"): "已退出",
        ("已确认", "leave"): "已退出",
        ("已退出", "rejoin"): "报名",
    },
    Demand: {
        ("待审核", "publish"): "已发布",
        ("待审核", "return"): "已退回",
        ("已退回", "resubmit"): "待审核",
        ("已发布", "settle"): "已对接",
        ("已发布", "close"): "已关闭",
        ("待审核", "close"): "已关闭",
        ("已退回", "close"): "已关闭",
    },
    DemandMatch: {
        ("推荐", "accept"): "有意向",
        ("有意向", "settle"): "已对接",
        ("推荐", "decline"): "不合适",
        ("有意向", "decline"): "不合适",
    },
    Cooperation: {
        ("已登记", "begin"): "对接中",
        ("对接中", "agree"): "已达成",
        ("已登记", "fail"): "未达成",
        ("对接中", "fail"): "未达成",
    },
    Challenge: {
        ("草稿", "publish"): "张榜中",
        ("张榜中", "assign"): "攻关中",
        ("攻关中", "finish"): "已完成",
        ("草稿", "cancel"): "已取消",
        ("张榜中", "cancel"): "已取消",
        ("攻关中", "cancel"): "已取消",
    },
    ChallengeClaim: {
        ("已登记", "choose"): "已揭榜",
        ("已登记", "refuse"): "未选中",
        ("已揭榜", "finish"): "已完成",
    },
    Visit: {
        ("待安排", "arrange"): "已安排",
        ("已安排", "arrange"): "已安排",
        ("已安排", "finish"): "已完成",
        ("待安排", "cancel"): "已取消",
        ("已安排", "cancel"): "已取消",
    },
}


# By the employer, or the talent, themselves.
_OWN = frozenset({"resubmit", "rejoin"})


def events_of(model: type[Base], status: str) -> list[str]:
    """What staff may do with a row now; pages offer just these."""
    return [event for before, event in TABLES[model] if before == status and event not in _OWN]


async def move(session: AsyncSession, row: Any, *, event: str, now: datetime, **values: Any) -> str:
    """Compare-and-set: of two people who act at once, the second is told. Returns the new status."""
    model: Any = type(row)
    after = TABLES[model].get((row.status, event))
    if after is None:
        raise Refusal("not_now", f"这条记录现在是“{row.status}”，不能这样操作，请刷新后再看。", status=409)
    done = await session.execute(
        update(model)
        .where(model.id == row.id, model.status == row.status)
        .values(status=after, updated_at=now, **values)
    )
    assert isinstance(done, CursorResult)
    if done.rowcount != 1:
        raise Refusal("changed_meanwhile", "这条记录刚被同事处理过，请刷新后再看。", status=409)
    await session.refresh(row)
    return after
