"""Bodies of the staff routes."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Permission, Role, Staff
from bot.accounts.rules import PASSWORD_MAX


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LoginBody(Body):
    username: str = Field(min_length=1, max_length=128)
    password: SecretStr = Field(min_length=1, max_length=PASSWORD_MAX)


class PasswordBody(Body):
    current: SecretStr = Field(min_length=1, max_length=PASSWORD_MAX)
    new: SecretStr = Field(min_length=1, max_length=1000)  # its rules answer in plain words


class NewAccountBody(Body):
    username: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=64)
    roles: list[Role] = Field(min_length=1, max_length=len(Role))


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
    active: bool
    must_change_password: bool
    created_at: datetime

    @classmethod
    def of(cls, account: StaffAccount) -> "AccountView":
        return cls.model_validate(account, from_attributes=True)


class AccountsView(BaseModel):
    accounts: list[AccountView]


class NewPasswordView(BaseModel):
    """The generated password is shown this once."""

    account_id: str
    password: str
