"""Tables of demands, and of what else brings talents and employers together."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, new_id


class CollectionPeriod(Base):
    """定期征集 of demands within one cell of the grid."""

    __tablename__ = "collection_periods"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(64))
    region: Mapped[str] = mapped_column(String(6))
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    sample: Mapped[bool] = mapped_column(default=False)


class Demand(Base):
    """人才需求 or 技术需求: 待审核 → 已发布 → 已对接 | 已关闭, or 已退回."""

    __tablename__ = "demands"
    __table_args__ = (
        Index("ix_demands_open", "status", "region"),
        Index("ix_demands_of_employer", "employer_id"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    period_id: Mapped[str | None] = mapped_column(ForeignKey("collection_periods.id"))
    employer_id: Mapped[str | None] = mapped_column(ForeignKey("employers.id"))
    once_key: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)  # a repeat makes one
    kind: Mapped[str] = mapped_column(String(8))  # 岗位 | 技术
    title: Mapped[str] = mapped_column(String(100))
    field: Mapped[str] = mapped_column(String(32))
    region: Mapped[str] = mapped_column(String(6))
    education: Mapped[str | None] = mapped_column(String(8))  # at least
    places: Mapped[int] = mapped_column(default=1)
    key_chain: Mapped[bool] = mapped_column(default=False)  # 重点产业, weighs more in matching
    about: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str | None] = mapped_column(String(200))  # why sent back
    closes_on: Mapped[date]
    sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class DemandMatch(Base):
    """推荐 → 有意向 → 已对接, or 不合适."""

    __tablename__ = "demand_matches"
    __table_args__ = (UniqueConstraint("demand_id", "talent_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    demand_id: Mapped[str] = mapped_column(ForeignKey("demands.id"))
    talent_id: Mapped[str] = mapped_column(ForeignKey("talents.id"), index=True)
    status: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class OpeningWish(Base):
    """A talent who agreed to be told of new demands that fit; taken back by deleting the row."""

    __tablename__ = "opening_wishes"

    talent_id: Mapped[str] = mapped_column(ForeignKey("talents.id"), primary_key=True)
    agreed_at: Mapped[datetime]
    told_until: Mapped[datetime]  # demands published later are new


class Cooperation(Base):
    """合作意向 with an expert: 项目合作, 联合开发, 成果引进, 兼职导师."""

    __tablename__ = "cooperations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    talent_id: Mapped[str] = mapped_column(ForeignKey("talents.id"), index=True)
    employer_id: Mapped[str] = mapped_column(ForeignKey("employers.id"))
    kind: Mapped[str] = mapped_column(String(16))
    about: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(8))  # 已登记, 对接中, 已达成, 未达成
    asked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Challenge(Base):
    """揭榜领题."""

    __tablename__ = "challenges"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(100))
    host: Mapped[str] = mapped_column(String(100))
    field: Mapped[str] = mapped_column(String(32))
    region: Mapped[str] = mapped_column(String(6))
    about: Mapped[str] = mapped_column(Text, default="")
    closes_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(8))  # 草稿, 张榜中, 攻关中, 已完成, 已取消
    sample: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime]


class ChallengeClaim(Base):
    """揭榜: 已登记 → 已揭榜 | 未选中 → 已完成."""

    __tablename__ = "challenge_claims"
    __table_args__ = (UniqueConstraint("challenge_id", "talent_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenges.id"))
    talent_id: Mapped[str] = mapped_column(ForeignKey("talents.id"), index=True)
    status: Mapped[str] = mapped_column(String(8))
    updated_at: Mapped[datetime]


class Event(Base):
    """引才活动 and 大赛: a calendar people sign up in."""

    __tablename__ = "events"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    region: Mapped[str] = mapped_column(String(6))
    place: Mapped[str | None] = mapped_column(String(100))
    starts_on: Mapped[date | None]  # None: not announced
    ends_on: Mapped[date | None]
    organiser: Mapped[str] = mapped_column(String(100))
    about: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(32), default="")
    published: Mapped[bool] = mapped_column(default=False)
    sample: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime]


class EventSignUp(Base):
    __tablename__ = "event_sign_ups"
    __table_args__ = (UniqueConstraint("event_id", "talent_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    event_id: Mapped[str] = mapped_column(ForeignKey("events.id"))
    talent_id: Mapped[str] = mapped_column(ForeignKey("talents.id"), index=True)
    at: Mapped[datetime]


class Visit(Base):
    """上门解读: an employer asks the centre to come. 待安排 → 已安排 → 已完成, or 已取消."""

    __tablename__ = "visits"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    employer_id: Mapped[str | None] = mapped_column(ForeignKey("employers.id"), index=True)
    conversation_id: Mapped[str | None] = mapped_column(String(32), index=True)
    once_key: Mapped[str | None] = mapped_column(String(64), unique=True)  # a repeat makes one
    region: Mapped[str] = mapped_column(String(6))
    topic: Mapped[str] = mapped_column(String(100))
    people: Mapped[int | None]
    wished: Mapped[str] = mapped_column(String(64))  # as said
    place: Mapped[str | None] = mapped_column(String(100))
    contact_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    status: Mapped[str] = mapped_column(String(8))
    staff_id: Mapped[str | None] = mapped_column(String(32))
    arranged_for: Mapped[date | None]
    result: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
