"""What staff may do. Code asks for permissions; roles are only named bundles of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from fastapi import Request

from bot.accounts.reach import WIDTH, Reach
from bot.accounts.sessions import (
    SAFE_METHODS,
    SignedIn,
    check_csrf,
    check_same_origin,
    session_of,
    still_signed_in,
)
from bot.errors import Refusal
from bot.runtime import Runtime


class Permission(StrEnum):
    DESK_WATCH = "desk.watch"  # see the lists and read chats, within one's reach
    DESK_CHAT = "desk.chat"  # take chats and write in them
    DESK_LEAD = "desk.lead"  # take over, block, change a talent's own specialist, follow up
    DESK_UNMASK = "desk.unmask"  # see personal data in clear; every look is audited
    DESK_EXPORT = "desk.export"  # redacted transcripts; full ones need desk.unmask too
    DESK_REPORT = "desk.report"  # live wall and reports
    DESK_QUALITY = "desk.quality"  # 质检
    DESK_SETTINGS = "desk.settings"  # teams, seats, calendars, triggers, service levels
    FAQ_READ = "faq.read"
    FAQ_EDIT = "faq.edit"
    FAQ_PUBLISH = "faq.publish"
    ITEM_EDIT = "item.edit"  # service items; reading them needs faq.read
    ITEM_PUBLISH = "item.publish"
    CASE_READ = "case.read"  # applications within one's reach, values masked
    CASE_INTAKE = "case.intake"  # 建件、受理、补正、结果反馈
    CASE_REVIEW = "case.review"  # 审核、派发、公示、决定、制发
    CASE_OPINION = "case.opinion"  # a department answers what was dispatched to it
    CASE_EXPORT = "case.export"
    TALENT_READ = "talent.read"
    TALENT_EDIT = "talent.edit"
    TALENT_EXCHANGE = "talent.exchange"  # import and export as workbooks
    GRASSROOTS_EDIT = "grassroots.edit"  # projects, demands, events, service days, plan figures
    STATISTICS_READ = "statistics.read"
    UNIT_READ = "unit.read"  # an employer's account: its own people and applications
    UNIT_COMPLETE = "unit.complete"  # fill in and hand in for its people
    UNIT_APPROVE = "unit.approve"  # 单位核准, and its own accounts
    STAFF_MANAGE = "staff.manage"
    AUDIT_READ = "audit.read"


class Role(StrEnum):
    SPECIALIST = "specialist"  # 专员
    FRONT_DESK = "front_desk"  # 前台: 受理、咨询、结果反馈
    BACK_OFFICE = "back_office"  # 后台: 审核、对接职能部门、跟踪落实
    LEAD = "lead"  # 组长
    SUPERVISOR = "supervisor"  # 主管
    INSPECTOR = "inspector"  # 质检员
    EDITOR = "editor"  # 编辑
    PUBLISHER = "publisher"  # 发布
    ADMINISTRATOR = "administrator"  # 管理员
    DEPARTMENT = "department"  # 职能部门经办
    UNIT_HEAD = "unit_head"  # 用人单位业务负责人
    UNIT_OFFICER = "unit_officer"  # 单位专员


_P = Permission
_CHAT = frozenset({_P.DESK_WATCH, _P.DESK_CHAT, _P.FAQ_READ})
_OFFICE = frozenset({_P.CASE_READ, _P.TALENT_READ, _P.STATISTICS_READ})
_BACK_OFFICE = _OFFICE | {
    _P.CASE_REVIEW,
    _P.CASE_EXPORT,
    _P.TALENT_EDIT,
    _P.TALENT_EXCHANGE,
    _P.GRASSROOTS_EDIT,
}
_LEAD = (
    _CHAT
    | _BACK_OFFICE
    | {_P.DESK_LEAD, _P.DESK_UNMASK, _P.DESK_EXPORT, _P.DESK_REPORT, _P.DESK_QUALITY, _P.CASE_INTAKE}
)
_UNIT = frozenset({_P.UNIT_READ, _P.UNIT_COMPLETE})
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.SPECIALIST: _CHAT | {_P.DESK_UNMASK, _P.DESK_EXPORT, _P.CASE_READ, _P.CASE_INTAKE, _P.TALENT_READ},
    Role.FRONT_DESK: _CHAT | {_P.CASE_READ, _P.CASE_INTAKE, _P.TALENT_READ},
    Role.BACK_OFFICE: _BACK_OFFICE | {_P.DESK_WATCH, _P.DESK_UNMASK, _P.DESK_EXPORT, _P.FAQ_READ},
    Role.LEAD: _LEAD,
    Role.SUPERVISOR: _LEAD | {_P.DESK_SETTINGS},
    Role.INSPECTOR: frozenset({_P.DESK_WATCH, _P.DESK_QUALITY, _P.DESK_REPORT, _P.FAQ_READ}),
    Role.EDITOR: frozenset({_P.FAQ_READ, _P.FAQ_EDIT, _P.ITEM_EDIT}),
    Role.PUBLISHER: frozenset({_P.FAQ_READ, _P.FAQ_EDIT, _P.FAQ_PUBLISH, _P.ITEM_EDIT, _P.ITEM_PUBLISH}),
    Role.DEPARTMENT: frozenset({_P.CASE_OPINION, _P.TALENT_READ}),
    Role.UNIT_HEAD: _UNIT | {_P.UNIT_APPROVE},
    Role.UNIT_OFFICER: _UNIT,
    # Keeps accounts and settings, and reads no talk.
    Role.ADMINISTRATOR: frozenset(
        {_P.FAQ_READ, _P.STAFF_MANAGE, _P.AUDIT_READ, _P.DESK_SETTINGS, _P.DESK_REPORT}
    ),
}
ROLE_REACH: dict[Role, Reach] = {
    Role.SPECIALIST: Reach.OWN,
    Role.FRONT_DESK: Reach.TEAM,
    Role.BACK_OFFICE: Reach.REGION,
    Role.LEAD: Reach.TEAM,
    Role.SUPERVISOR: Reach.REGION,
    Role.INSPECTOR: Reach.REGION,
    Role.ADMINISTRATOR: Reach.REGION,
    Role.DEPARTMENT: Reach.OWN,
    Role.UNIT_HEAD: Reach.OWN,
    Role.UNIT_OFFICER: Reach.OWN,
}


@dataclass(frozen=True, slots=True)
class Staff:
    """The member of staff behind a request."""

    id: str
    name: str
    username: str
    permissions: frozenset[Permission]
    session_id: str
    reach: Reach
    region: str  # code
    team_id: str | None
    work_phone: str | None
    department: str | None = None  # key of the 职能部门 they answer for
    employer_id: str | None = None  # set for an employer's accounts


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """A role the table does not know grants nothing."""
    known = (ROLE_PERMISSIONS[Role(role)] for role in roles if role in ROLE_PERMISSIONS)
    return frozenset().union(*known)


def reach_of(roles: Iterable[str], permission: Permission) -> Reach:
    """The widest of the roles that give the permission: who keeps a region's accounts and chats as
    well sees no more talks by it."""
    reaches = [
        ROLE_REACH[Role(role)]
        for role in roles
        if role in ROLE_REACH and permission in ROLE_PERMISSIONS[Role(role)]
    ]
    return max(reaches, key=WIDTH.__getitem__, default=Reach.OWN)


def staff_of(signed_in: SignedIn, permission: Permission) -> Staff:
    """With the reach they have for this."""
    account = signed_in.account
    return Staff(
        account.id,
        account.name,
        account.username,
        permissions_of(account.roles),
        signed_in.session_id,
        reach_of(account.roles, permission),
        account.region,
        account.team_id,
        account.work_phone,
        account.department,
        account.employer_id,
    )


async def signed_in(request: Request) -> SignedIn:
    """Guard of routes any member of staff may call, whatever their permissions."""
    return await _checked_session(request, activity=True)


@dataclass(frozen=True, slots=True)
class Guard:
    """The dependency `require` makes; a class so that tests can find it on every route."""

    permission: Permission
    activity: bool

    async def __call__(self, request: Request) -> Staff:
        session = await _checked_session(request, activity=self.activity)
        if session.account.must_change_password:
            raise Refusal("password_change_required", "请先修改初始密码，再继续操作。", status=403)
        staff = staff_of(session, self.permission)
        if self.permission not in staff.permissions:
            raise Refusal("not_allowed", "您没有此操作的权限，如有需要请联系管理员。", status=403)
        return staff


def require(permission: Permission | str, *, activity: bool = True) -> Guard:
    """`Depends(require("desk.chat"))` → Staff. An unknown permission fails at import.

    `activity=False` is for streams a page keeps open by itself: they do not count as work.
    """
    return Guard(Permission(permission), activity)


async def staff_now(rt: Runtime, *, session_id: str, permission: Permission) -> Staff | None:
    """For open streams: the person of a session with the rights they have by now; None once it ended."""
    account = await still_signed_in(rt, session_id=session_id)
    return staff_of(SignedIn(session_id, "", account), permission) if account else None


async def _checked_session(request: Request, *, activity: bool) -> SignedIn:
    session = await session_of(request, activity=activity)
    if request.method not in SAFE_METHODS:
        check_same_origin(request)
        check_csrf(request, expected=session.csrf)
    return session
