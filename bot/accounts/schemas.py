"""Bodies of the staff routes."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Permission, Role, Staff
from bot.accounts.rules import PASSWORD_MAX
from bot.text.lexicon import NATION


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LoginBody(Body):
    username: str = Field(min_length=1, max_length=128)
    password: SecretStr = Field(min_length=1, max_length=PASSWORD_MAX)


class PasswordBody(Body):
    current: SecretStr = Field(min_length=1, max_length=PASSWORD_MAX)
    new: SecretStr = Field(min_length=1, max_length=1000)  # its rules answer in plain words


class _Work(Body):
    """Who somebody is at work."""

    name: str = Field(min_length=1, max_length=64, pattern=r"\S")
    roles: list[Role] = Field(min_length=1, max_length=len(Role))
    region: str = Field(default=NATION, pattern=r"^\d{6}$")
    team_id: str | None = Field(default=None, pattern=r"^[0-9a-f]{32}$")
    work_phone: str | None = Field(default=None, pattern=r"^[0-9+][0-9 转-]{4,30}$")
    department: str | None = Field(default=None, pattern=r"^[a-z0-9-]{1,48}$")  # of 职能部门经办
    employer_id: str | None = Field(default=None, pattern=r"^[0-9a-f]{32}$")  # of an employer's account


class NewAccountBody(_Work):
    username: str = Field(min_length=1, max_length=64)


class AccountBody(_Work):
    updated_at: datetime  # as the page was filled from


class StaffView(BaseModel):
    id: str
    name: str
    username: str
    permissions: list[Permission]
    must_change_password: bool


class LoginView(BaseModel):
    staff: StaffView
    csrf: str

    @classmethod
    def of(cls, *, staff: Staff, must_change_password: bool, csrf: str) -> "LoginView":
        return cls(
            staff=StaffView(
                id=staff.id,
                name=staff.name,
                username=staff.username,
                permissions=sorted(staff.permissions),
                must_change_password=must_change_password,
            ),
            csrf=csrf,
        )


class AccountView(BaseModel):
    id: str
    username: str
    name: str
    roles: list[str]
    region: str
    team_id: str | None
    work_phone: str | None
    department: str | None
    employer_id: str | None
    active: bool
    must_change_password: bool
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, account: StaffAccount) -> "AccountView":
        return cls.model_validate(account, from_attributes=True)


class RoleView(BaseModel):
    role: Role
    title: str
    permissions: list[Permission]


class NamedView(BaseModel):
    key: str
    name: str


class AccountsView(BaseModel):
    accounts: list[AccountView]
    roles: list[RoleView]
    departments: list[NamedView]  # an account may be bound to
    employers: dict[str, str]  # names of those the accounts are bound to, by id


class AuditEntryView(BaseModel):
    id: str
    at: datetime
    staff_id: str | None
    staff_name: str | None
    action: str
    title: str
    subject: str
    subject_name: str | None
    detail: dict[str, Any]
    names: dict[str, str]  # of the ids in the detail


class AuditView(BaseModel):
    total: int
    page_size: int
    entries: list[AuditEntryView]


class FindBody(Body):
    value: SecretStr = Field(min_length=1, max_length=100)


class FoundView(BaseModel):
    subjects: list[str]


class ActionsView(BaseModel):
    actions: list[dict[str, str]]


class NewPasswordView(BaseModel):
    """The generated password is shown this once."""

    account_id: str
    password: str
