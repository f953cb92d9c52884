"""All a talent's own data as sections of labelled rows: what the sheet shows and the export holds."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.service import staff_names
from bot.conversation.models import Conversation
from bot.identity.models import ChannelBinding, Consent, DataRequest
from bot.runtime import SHANGHAI, Runtime
from bot.service.case_detail import values_of
from bot.service.case_moves import item_of
from bot.service.models import Application, ApplicationPart
from bot.talent.cards import today_of
from bot.talent.listing import card_view, tier_view
from bot.talent.places import full_name
from bot.talent.reading import TalentRecord, read_talent
from bot.talent.sealing import opened
from bot.texts import sentence


@dataclass(frozen=True)
class Section:
    title: str
    head: list[str]
    rows: list[list[str]] = field(default_factory=list)


async def sections_of(session: AsyncSession, rt: Runtime, *, talent_id: str) -> list[Section]:
    """In clear; the caller has made sure that it is the talent who asks, by a fresh code."""
    record = await read_talent(session, talent_id=talent_id)
    if record is None:
        return []
    names = await staff_names(session, [record.specialist_id])
    applications = await _applications(session, talent_id)
    return [
        Section("基本信息", ["项目", "内容"], _basics(rt, record, names.get(record.specialist_id))),
        *_held(rt, record),
        Section(
            "我的申请",
            ["受理编号", "事项", "状态", "提交时间", "更新时间"],
            [
                [case.case_no, _item_name(rt, part), part.status, _at(case.created_at), _at(part.updated_at)]
                for case, part in applications
            ],
        ),
        Section("申请时填写的内容", ["受理编号", "事项", "项目", "内容"], list(_answers(rt, applications))),
        await _bindings(session, talent_id),
        await _consents(session, talent_id),
        await _requests(session, talent_id),
    ]


def _basics(rt: Runtime, record: TalentRecord, specialist: str | None) -> list[list[str]]:
    talent, clear = record.talent, opened(rt, record.talent)
    rows: list[tuple[str, Any]] = [
        ("姓名", talent.name),
        ("性别", talent.gender),
        ("出生年份", talent.birth_year),
        ("国籍", talent.nationality),
        ("证件类型", talent.id_kind),
        ("证件号", clear["id_number"]),
        ("手机号", clear["phone"]),
        ("邮箱", clear["email"]),
        ("学历", talent.education),
        ("毕业院校", talent.school),
        ("毕业日期", talent.graduated_on),
        ("职称", talent.title),
        ("职务", talent.position),
        ("工作单位", record.employer.name if record.employer else None),
        ("是否全职", talent.fulltime),
        ("行业", talent.industry),
        ("专业领域", "、".join(talent.fields)),
        ("工作地区", full_name(talent.region)),
        ("来源", talent.origin),
        ("引进日期", talent.arrived_on),
        ("博士后", talent.postdoc),
        ("荣誉称号", "、".join(talent.honours)),
        ("入选海内外专家库", talent.expert),
        ("承担基层服务", talent.serves_grassroots),
        ("责任专员", specialist),
        ("建档时间", talent.created_at),
        ("更新时间", talent.updated_at),
    ]
    return [[label, _plain(value)] for label, value in rows if value not in (None, "")]


def _held(rt: Runtime, record: TalentRecord) -> list[Section]:
    today = today_of(rt)
    tiers = [tier_view(row) for row in record.tiers]
    cards = [view for row in record.cards if (view := card_view(row, today))]
    term = ("valid_from", "valid_to")
    return [
        Section(
            "人才层次",
            ["认定办法", "层次", "有效期起", "有效期止"],
            _columns(tiers, ("scheme_name", "tier", *term)),
        ),
        Section(
            "人才工程",
            ["名称", "级别", "入选年份", "管理期止"],
            [[row.name, row.level, str(row.year), _plain(row.valid_to)] for row in record.programmes],
        ),
        Section(
            "卡证",
            ["名称", "卡号", "状态", "有效期起", "有效期止"],
            _columns(cards, ("kind", "number", "state", *term)),
        ),
    ]


async def _applications(session: AsyncSession, talent_id: str) -> list[tuple[Application, ApplicationPart]]:
    rows = await session.execute(
        select(Application, ApplicationPart)
        .join(ApplicationPart, ApplicationPart.application_id == Application.id)
        .where(Application.talent_id == talent_id)
        .order_by(Application.created_at.desc(), Application.id, ApplicationPart.position)
    )
    return [(application, part) for application, part in rows]


def _answers(rt: Runtime, found: Iterable[tuple[Application, ApplicationPart]]) -> Iterable[list[str]]:
    for application, part in found:
        for one in values_of(rt, part=part, item=item_of(rt, part), clear=True):
            yield [application.case_no, _item_name(rt, part), one["label"], one["value"]]


def _item_name(rt: Runtime, part: ApplicationPart) -> str:
    item = item_of(rt, part)
    return item.name if item else part.item


async def _bindings(session: AsyncSession, talent_id: str) -> Section:
    rows = await session.execute(
        select(ChannelBinding, Conversation.channel)
        .join(Conversation, Conversation.id == ChannelBinding.conversation_id)
        .where(ChannelBinding.talent_id == talent_id)
        .order_by(ChannelBinding.bound_at)
    )
    return Section(
        "验证过身份的对话",
        ["渠道", "绑定时间", "解除时间"],
        [
            [sentence(f"identity.channel_{channel}"), _at(row.bound_at), _plain(row.ended_at)]
            for row, channel in rows
        ],
    )


async def _consents(session: AsyncSession, talent_id: str) -> Section:
    rows = await session.scalars(
        select(Consent).where(Consent.talent_id == talent_id).order_by(Consent.given_at)
    )
    return Section(
        "授权记录",
        ["告知书版本", "同意时间", "撤回时间"],
        [[row.notice_version, _at(row.given_at), _plain(row.withdrawn_at)] for row in rows],
    )


async def _requests(session: AsyncSession, talent_id: str) -> Section:
    rows = await session.scalars(
        select(DataRequest)
        .where(DataRequest.talent_id == talent_id, DataRequest.employer_id.is_(None))
        .order_by(DataRequest.created_at)
    )
    return Section(
        "个人信息申请",
        ["类型", "状态", "提交时间", "答复"],
        [[row.kind, row.status, _at(row.created_at), row.answer or ""] for row in rows],
    )


def _columns(rows: list[dict[str, Any]], names: tuple[str, ...]) -> list[list[str]]:
    return [[_plain(row[name]) for name in names] for row in rows]


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return _at(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
