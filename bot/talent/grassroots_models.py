"""Tables of service at the grass roots, of the yearly plan, and of benefits nobody applies for."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
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
