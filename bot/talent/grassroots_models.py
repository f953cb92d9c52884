"""Tables of service at the grass roots, of demands, and of what brings talents and employers together."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, new_id


class Programme(Base):
    """One of the seven programmes of 人才服务基层."""

    __tablename__ = "programmes"

    key: Mapped[str] = mapped_column(String(48), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    also: Mapped[list[str]] = mapped_column(default=list)
    lead: Mapped[str] = mapped_column(String(48))  # key of the department
    audience: Mapped[str] = mapped_column(Text)
    frequency: Mapped[str] = mapped_column(String(200))  # 未公布 where nothing says
    term: Mapped[str] = mapped_column(String(200))
    entry: Mapped[str] = mapped_column(String(200))  # where to apply
    support: Mapped[list[str]] = mapped_column(default=list)
    basis: Mapped[list[Any]] = mapped_column(default=list)
    item: Mapped[str | None] = mapped_column(String(64))  # service item that takes applications


class Project(Base):
    """基层项目: something to join."""

    __tablename__ = "projects"
    __table_args__ = (Index("ix_projects_open", "status", "region"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    programme: Mapped[str] = mapped_column(ForeignKey("programmes.key"))
    title: Mapped[str] = mapped_column(String(100))
    host: Mapped[str] = mapped_column(String(100))  # 承接单位
    region: Mapped[str] = mapped_column(String(6))
    field: Mapped[str] = mapped_column(String(32))
    term: Mapped[str] = mapped_column(String(8))  # 短期 | 中长期
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    places: Mapped[int]
    days: Mapped[float]  # per person
    status: Mapped[str] = mapped_column(String(8))  # 草稿, 征集中, 进行中, 已结束, 已取消
    about: Mapped[str] = mapped_column(Text, default="")
    sample: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[str | None] = mapped_column(String(32))
    updated_at: Mapped[datetime]


class Participation(Base):
    """A talent in a project: 报名 → 已推荐 → 已确认 → 已完成, or 已退出 / 未采纳."""

    __tablename__ = "participations"
    __table_args__ = (
        UniqueConstraint("project_id", "talent_id"),
        Index("ix_participations_of_talent", "talent_id", "updated_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    talent_id: Mapped[str] = mapped_column(ForeignKey("talents.id"))
    status: Mapped[str] = mapped_column(String(8))
    asked_at: Mapped[datetime | None]  # when the centre asked the person; counts for the interval rule
    updated_at: Mapped[datetime]


class OpeningWish(Base):
    """A talent who agreed to be told of new demands that fit; taken back by deleting the row."""

    __tablename__ = "opening_wishes"

    talent_id: Mapped[str] = mapped_column(ForeignKey("talents.id"), primary_key=True)
    agreed_at: Mapped[datetime]
    told_until: Mapped[datetime]  # demands published later are new


class ProjectNote(Base):
    """项目合作进展 and 宣传."""

    __tablename__ = "project_notes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))  # 进展 | 宣传 | 简报
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime]


class ServiceDay(Base):
    """Days somebody served at the grass roots."""

    __tablename__ = "service_days"
    __table_args__ = (Index("ix_service_days_of_talent", "talent_id", "day"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    talent_id: Mapped[str] = mapped_column(ForeignKey("talents.id"))
    project_id: Mapped[str | None] = mapped_column(ForeignKey("projects.id"))
    day: Mapped[date]
    days: Mapped[float]  # in halves
    note: Mapped[str] = mapped_column(String(200), default="")
    confirmed_by: Mapped[str | None] = mapped_column(String(32))  # None: registered, not yet confirmed
    created_at: Mapped[datetime]


class PlanFigure(Base):
    """年度计划指标."""

    __tablename__ = "plan_figures"

    year: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(24), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    planned: Mapped[int]
    unit: Mapped[str] = mapped_column(String(4))
    basis: Mapped[str] = mapped_column(String(100))


class PlanAchievement(Base):
    """What counts towards a figure and cannot be counted from the projects, e.g. a commended unit."""

    __tablename__ = "plan_achievements"
    __table_args__ = (UniqueConstraint("year", "key", "name"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    year: Mapped[int]
    key: Mapped[str] = mapped_column(String(24))
    name: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime]
    by: Mapped[str | None] = mapped_column(String(32))


class ExpertBase(Base):
    """专家服务基地, 乡村振兴专家服务基地."""

    __tablename__ = "expert_bases"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(24))
    level: Mapped[str] = mapped_column(String(8))  # 国家 | 省 | 市
    region: Mapped[str] = mapped_column(String(6))
    year: Mapped[int]
    sample: Mapped[bool] = mapped_column(default=False)


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


class BenefitList(Base):
    """免申即享: who is found to be entitled without applying. 待确认 → 已公布, or 已作废."""

    __tablename__ = "benefit_lists"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    entitlement: Mapped[str] = mapped_column(String(64))  # key of data/entitlements
    title: Mapped[str] = mapped_column(String(100))
    year: Mapped[int]
    region: Mapped[str] = mapped_column(String(6))
    status: Mapped[str] = mapped_column(String(8))
    made_by: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime]
    published_by: Mapped[str | None] = mapped_column(String(32))
    published_at: Mapped[datetime | None]


class BenefitListRow(Base):
    __tablename__ = "benefit_list_rows"
    __table_args__ = (UniqueConstraint("list_id", "talent_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    list_id: Mapped[str] = mapped_column(ForeignKey("benefit_lists.id"))
    talent_id: Mapped[str] = mapped_column(ForeignKey("talents.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(8))  # 待确认, 已确认, 已剔除
    why: Mapped[str | None] = mapped_column(String(200))
    by: Mapped[str | None] = mapped_column(String(32))
