"""Tables of those around the talents: employers, departments, windows, institutions, providers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, new_id


class Employer(Base):
    """用人单位."""

    __tablename__ = "employers"
    __table_args__ = (Index("ix_employers_region", "region", "name"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    code: Mapped[str | None] = mapped_column(String(18), unique=True)  # 统一社会信用代码
    kind: Mapped[str] = mapped_column(String(16))  # 企业, 高校, 科研院所, 医院, 学校, 机关, 其他
    region: Mapped[str] = mapped_column(String(6))
    industry: Mapped[str | None] = mapped_column(String(32))
    active: Mapped[bool] = mapped_column(default=True)
    sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Department(Base):
    """职能部门 and its offices (处室, `parent` set)."""

    __tablename__ = "departments"

    key: Mapped[str] = mapped_column(String(48), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    also: Mapped[list[str]] = mapped_column(default=list)  # other names people use
    level: Mapped[str] = mapped_column(String(4))  # 省 | 市 | 县
    region: Mapped[str] = mapped_column(String(6))
    parent: Mapped[str | None] = mapped_column(String(48))
    duties: Mapped[list[str]] = mapped_column(default=list)
    phone: Mapped[str | None] = mapped_column(String(32))  # published ones only
    source: Mapped[str] = mapped_column(String(32))  # row of the fact sheet
    position: Mapped[int] = mapped_column(default=0)
    edited: Mapped[bool] = mapped_column(default=False)  # by staff: the shipped row does not replace it


class Window(Base):
    """Where one goes: 服务窗口, 线上平台, 一站式服务点."""

    __tablename__ = "windows"

    key: Mapped[str] = mapped_column(String(48), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    also: Mapped[list[str]] = mapped_column(default=list)
    kind: Mapped[str] = mapped_column(String(16))
    region: Mapped[str] = mapped_column(String(6))
    address: Mapped[str | None] = mapped_column(String(100))
    url: Mapped[str | None] = mapped_column(String(100))
    phone: Mapped[str | None] = mapped_column(String(32))
    services: Mapped[list[str]] = mapped_column(default=list)  # what it is for, as published
    items: Mapped[list[str]] = mapped_column(default=list)  # keys of service items; empty: any of its region
    source: Mapped[str] = mapped_column(String(32))
    note: Mapped[str | None] = mapped_column(Text)
    edited: Mapped[bool] = mapped_column(default=False)


class Institution(Base):
    """高校院所, where talents come from."""

    __tablename__ = "institutions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[str] = mapped_column(String(16))  # 高校 | 科研院所
    region: Mapped[str] = mapped_column(String(6))
    fields: Mapped[list[str]] = mapped_column(default=list)
    sample: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime]


class Provider(Base):
    """服务承接单位, of any kind: 政府, 公益, 社会, 市场."""

    __tablename__ = "providers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    type: Mapped[str] = mapped_column(String(8))
    region: Mapped[str] = mapped_column(String(6))
    services: Mapped[list[str]] = mapped_column(default=list)
    phone: Mapped[str | None] = mapped_column(String(32))
    active: Mapped[bool] = mapped_column(default=True)
    sample: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime]


class OfficeSetting(Base):
    """A figure the centre chooses itself, e.g. how often one expert may be asked."""

    __tablename__ = "office_settings"

    key: Mapped[str] = mapped_column(String(48), primary_key=True)
    value: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]
    updated_by: Mapped[str | None] = mapped_column(String(32))
