"""Tables of the talent database: people, what they hold, and who looks after them.

Names stand in clear because lists are searched and sorted by them; numbers that identify or reach
a person are sealed, with a fingerprint to look them up and a hint to show.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.append_only import keep_append_only
from bot.store.base import Base, new_id


class Education(StrEnum):
    DOCTOR = "博士"
    MASTER = "硕士"
    BACHELOR = "本科"
    COLLEGE = "专科"
    OTHER = "其他"


class Origin(StrEnum):
    INTRODUCED = "引进"
    HOME = "自主培养"


class CardStatus(StrEnum):
    VALID = "有效"  # past valid_to it counts as 已到期, see cards
    SUSPENDED = "停用"
    WITHDRAWN = "收回"
    REPLACED = "已换发"


class Talent(Base):
    __tablename__ = "talents"
    __table_args__ = (
        Index("ix_talents_name", "name"),
        Index("ix_talents_region", "region", "name"),
        Index("ix_talents_employer", "employer_id", "name"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(64))
    gender: Mapped[str | None] = mapped_column(String(2))  # 男 | 女
    birth_year: Mapped[int | None]
    nationality: Mapped[str] = mapped_column(String(32), default="中国")
    id_kind: Mapped[str] = mapped_column(String(8), default="身份证")  # or 护照
    id_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    id_fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    id_hint: Mapped[str] = mapped_column(String(64))
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_fingerprint: Mapped[str | None] = mapped_column(String(64), index=True)
    phone_hint: Mapped[str | None] = mapped_column(String(64))
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    education: Mapped[Education] = mapped_column(String(8))
    top_school: Mapped[bool] = mapped_column(default=False)  # 双一流
    school: Mapped[str | None] = mapped_column(String(64))
    graduated_on: Mapped[date | None]
    title: Mapped[str | None] = mapped_column(String(32))  # 职称
    position: Mapped[str | None] = mapped_column(String(64))
    employer_id: Mapped[str | None] = mapped_column(ForeignKey("employers.id"))
    fulltime: Mapped[bool | None]
    industry: Mapped[str | None] = mapped_column(String(32))
    fields: Mapped[list[str]] = mapped_column(default=list)  # 专业领域
    region: Mapped[str] = mapped_column(String(6))  # where they work
    origin: Mapped[Origin | None] = mapped_column(String(8))
    arrived_on: Mapped[date | None]  # first brought in
    postdoc: Mapped[str | None] = mapped_column(String(16))  # as entitlements name it
    honours: Mapped[list[str]] = mapped_column(default=list)  # values of data/entitlements honours
    expert: Mapped[bool] = mapped_column(default=False)  # 海内外专家库
    abroad: Mapped[bool] = mapped_column(default=False)  # an expert who lives abroad
    serves_grassroots: Mapped[bool] = mapped_column(default=False)  # owes the yearly service days
    departments: Mapped[list[str]] = mapped_column(default=list)  # keys of departments it is shared with
    sample: Mapped[bool] = mapped_column(default=False)  # fictitious, of the demonstration data
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class TalentTier(Base):
    """A recognised tier under one version of one scheme; tiers of different schemes never mix."""

    __tablename__ = "talent_tiers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    talent_id: Mapped[str] = mapped_column(ForeignKey("talents.id"), index=True)
    scheme: Mapped[str] = mapped_column(String(32))  # quanzhou-2017, quanzhou-2021, fujian, shandong-card
    tier: Mapped[str] = mapped_column(String(16))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    basis: Mapped[str] = mapped_column(String(200), default="")
    part_id: Mapped[str | None] = mapped_column(String(32))  # the application that led to it


class TalentProgramme(Base):
    """A talent programme (人才工程) somebody was selected for."""

    __tablename__ = "talent_programmes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    talent_id: Mapped[str] = mapped_column(ForeignKey("talents.id"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(8))  # 国家 | 省 | 市
    year: Mapped[int]
    valid_to: Mapped[date | None]  # end of the 管理期, if it has one


class Card(Base):
    __tablename__ = "cards"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    talent_id: Mapped[str] = mapped_column(ForeignKey("talents.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32), default="山东惠才卡")
    number: Mapped[str] = mapped_column(String(32), unique=True)
    group: Mapped[int | None]  # 1 to 5, the five groups of people
    route: Mapped[str | None] = mapped_column(String(16))  # service.schemas.Route
    status: Mapped[CardStatus] = mapped_column(String(8), default=CardStatus.VALID)
    reason: Mapped[str | None] = mapped_column(String(200))  # of a suspension or withdrawal
    valid_from: Mapped[date]
    valid_to: Mapped[date | None] = mapped_column(index=True)
    part_id: Mapped[str | None] = mapped_column(String(32))
    updated_at: Mapped[datetime]


class Assignment(Base):
    """责任专员: exactly one for a talent, so the talent is the key."""

    __tablename__ = "assignments"

    talent_id: Mapped[str] = mapped_column(ForeignKey("talents.id"), primary_key=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    since: Mapped[datetime]


class TalentChange(Base):
    """Append-only: what of a record changed, by whom and why; names of fields, never their values."""

    __tablename__ = "talent_changes"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    talent_id: Mapped[str] = mapped_column(String(32), index=True)
    kind: Mapped[str] = mapped_column(String(24))  # record, card, tier, programme, specialist, imported …
    detail: Mapped[dict[str, Any]]
    by: Mapped[str | None] = mapped_column(String(32))  # staff id; None: the service
    why: Mapped[str] = mapped_column(String(200), default="")
    at: Mapped[datetime]


keep_append_only(TalentChange)
