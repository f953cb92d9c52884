"""What staff may do. Code asks for permissions; roles are only named bundles of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from fastapi import Request

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
    DESK_CHAT = "desk.chat"  # take chats and write in them
    DESK_WATCH = "desk.watch"  # see the lists and read chats
    FAQ_READ = "faq.read"
    FAQ_EDIT = "faq.edit"
    FAQ_PUBLISH = "faq.publish"
    STAFF_MANAGE = "staff.manage"
    AUDIT_READ = "audit.read"


class Role(StrEnum):
    SPECIALIST = "specialist"  # 专员
    EDITOR = "editor"  # 编辑
    PUBLISHER = "publisher"  # 发布
    ADMINISTRATOR = "administrator"  # 管理员


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.SPECIALIST: frozenset({Permission.DESK_CHAT, Permission.DESK_WATCH, Permission.FAQ_READ}),
    Role.EDITOR: frozenset({Permission.FAQ_READ, Permission.FAQ_EDIT}),
    Role.PUBLISHER: frozenset({Permission.FAQ_READ, Permission.FAQ_EDIT, Permission.FAQ_PUBLISH}),
    Role.ADMINISTRATOR: frozenset(
        {
            Permission.DESK_WATCH,
            Permission.FAQ_READ,
            Permission.STAFF_MANAGE,
            Permission.AUDIT_READ,
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Staff:
    """The member of staff behind a request."""

    id: str
    name: str
    username: str
    permissions: frozenset[Permission]
    session_id: str


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """A role the table does not know grants nothing."""
    known = (ROLE_PERMISSIONS[Role(role)] for role in roles if role in ROLE_PERMISSIONS)
    return frozenset().union(*known)


def staff_of(signed_in: SignedIn) -> Staff:
    account = signed_in.account
    return Staff(
        account.id,
        account.name,
        account.username,
        permissions_of(account.roles),
        signed_in.session_id,
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
        staff = staff_of(session)
        if self.permission not in staff.permissions:
            raise Refusal("not_allowed", "您没有此操作的权限，如有需要请联系管理员。", status=403)
        return staff


def require(permission: Permission | str, *, activity: bool = True) -> Guard:
    """`Depends(require("desk.chat"))` → Staff. An unknown permission fails at import.

    `activity=False` is for streams a page keeps open by itself: they do not count as work.
    """
    return Guard(Permission(permission), activity)


async def still_allowed(rt: Runtime, *, session_id: str, permission: Permission) -> bool:
    """For open streams: does this session still exist, and may its person still do this?"""
    account = await still_signed_in(rt, session_id=session_id)
    return account is not None and permission in permissions_of(account.roles)


async def _checked_session(request: Request, *, activity: bool) -> SignedIn:
    session = await session_of(request, activity=activity)
    if request.method not in SAFE_METHODS:
        check_same_origin(request)
        check_csrf(request, expected=session.csrf)
    return session
