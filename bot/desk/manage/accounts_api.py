"""HTTP of keeping accounts and reading the audit log under /api/staff."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import StringConstraints

from bot.accounts import service
from bot.accounts.audit_log import PAGE, AuditFilter, ids_in, read_audit, used_actions
from bot.accounts.models import StaffAccount
from bot.accounts.passwords import generate_password
from bot.accounts.permissions import ROLE_PERMISSIONS, Role, Staff, require
from bot.accounts.schemas import (
    AccountBody,
    AccountsView,
    AccountView,
    ActionsView,
    AuditView,
    FindBody,
    FoundView,
    NamedView,
    NewAccountBody,
    NewPasswordView,
    RoleView,
)
from bot.accounts.service import audit
from bot.conversation import vault
from bot.desk.access import scope_of
from bot.desk.manage.calendars import calendar_names
from bot.desk.manage.changes import check_region, may_region
from bot.desk.manage.days import EARLIEST, LATEST, day_start
from bot.desk.manage.leaving import release_left
from bot.desk.manage.teams import check_team, team_names
from bot.desk.manage.workplaces import check_workplace, departments_for, employers_named, workplace_names
from bot.edge.request import runtime_of
from bot.runtime import Runtime
from bot.texts import sentence

router = APIRouter(prefix="/api/staff", tags=["staff"])

Administrator = Annotated[Staff, Depends(require("staff.manage"))]
Auditor = Annotated[Staff, Depends(require("audit.read"))]
Subject = Annotated[str, StringConstraints(max_length=64)]
MOST_SUBJECTS = 100
AccountId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


@router.get("/accounts")
async def list_accounts(staff: Administrator, request: Request) -> AccountsView:
    """Of the region the administrator answers for."""
    rt = runtime_of(request)
    accounts = await service.list_staff(rt)
    seen = [AccountView.of(account) for account in accounts if may_region(staff, account.region)]
    roles = [
        RoleView(role=role, title=sentence(f"roles.{role}"), permissions=sorted(ROLE_PERMISSIONS[role]))
        for role in Role
    ]
    async with rt.db.read() as session:
        departments = await departments_for(session, staff=staff)
        employers = await workplace_names(session, [account.employer_id for account in seen])
    return AccountsView(accounts=seen, roles=roles, departments=departments, employers=employers)


@router.get("/accounts/employers")
async def find_employers(
    staff: Administrator, request: Request, query: Annotated[str, Query(max_length=100)] = ""
) -> list[NamedView]:
    """The first employers whose name contains the words, for binding an account."""
    async with runtime_of(request).db.read() as session:
        return await employers_named(session, staff=staff, query=query)


@router.post("/accounts", status_code=201)
async def create_account(body: NewAccountBody, staff: Administrator, request: Request) -> NewPasswordView:
    rt = runtime_of(request)
    check_region(staff, body.region)
    async with rt.db.read() as session:
        await check_team(session, team_id=body.team_id, staff=staff)
        await check_workplace(session, staff=staff, department=body.department, employer_id=body.employer_id)
    password = generate_password()
    account = await service.create_staff(
        rt,
        username=body.username,
        name=body.name,
        roles=body.roles,
        password=password,
        region=body.region,
        team_id=body.team_id,
        work_phone=body.work_phone,
        department=body.department,
        employer_id=body.employer_id,
        by=staff.id,
    )
    return NewPasswordView(account_id=account.id, password=password)


@router.put("/accounts/{account_id}")
async def edit_account(
    account_id: AccountId, body: AccountBody, staff: Administrator, request: Request
) -> AccountView:
    rt = runtime_of(request)
    before = await _check_reach(rt, staff, account_id)
    check_region(staff, body.region)
    async with rt.db.read() as session:
        if body.team_id != before.team_id:
            await check_team(session, team_id=body.team_id, staff=staff)
        if (body.department, body.employer_id) != (before.department, before.employer_id):
            await check_workplace(
                session, staff=staff, department=body.department, employer_id=body.employer_id
            )
    account = await service.edit_staff(
        rt,
        staff_id=account_id,
        name=body.name,
        roles=body.roles,
        region=body.region,
        team_id=body.team_id,
        work_phone=body.work_phone,
        department=body.department,
        employer_id=body.employer_id,
        updated_at=body.updated_at,
        by=staff.id,
    )
    await release_left(rt)
    return AccountView.of(account)


@router.post("/accounts/{account_id}/reset-password")
async def reset_password(account_id: AccountId, staff: Administrator, request: Request) -> NewPasswordView:
    rt = runtime_of(request)
    await _check_reach(rt, staff, account_id)
    password = await service.reset_password(rt, staff_id=account_id, by=staff.id)
    return NewPasswordView(account_id=account_id, password=password)


@router.post("/accounts/{account_id}/deactivate", status_code=204)
async def deactivate(account_id: AccountId, staff: Administrator, request: Request) -> Response:
    rt = runtime_of(request)
    await _check_reach(rt, staff, account_id)
    await service.deactivate(rt, staff_id=account_id, by=staff.id)
    await release_left(rt)
    return Response(status_code=204)


@router.get("/audit")
async def list_audit(
    staff: Auditor,
    request: Request,
    since: Annotated[date | None, Query(alias="from", ge=EARLIEST, le=LATEST)] = None,
    until: Annotated[date | None, Query(alias="to", ge=EARLIEST, le=LATEST)] = None,
    person: Annotated[str | None, Query(alias="staff", pattern=r"^[0-9a-f]{32}$")] = None,
    action: Annotated[str | None, Query(max_length=64)] = None,
    subject: Annotated[list[Subject], Query(max_length=MOST_SUBJECTS)] = [],  # noqa: B006
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> AuditView:
    """Days are those of Shanghai, both ends included."""
    which = AuditFilter(
        since=day_start(since) if since else None,
        until=day_start(until + timedelta(days=1)) if until else None,
        staff_id=person,
        action=action or None,
        subjects=[one for one in subject if one],
    )
    prefix = scope_of(staff).region_prefix
    total, rows = await read_audit(runtime_of(request), which=which, region_prefix=prefix, page=page)
    async with runtime_of(request).db.read() as session:
        known = await team_names(session) | await calendar_names(session)
    for row in rows:
        row["names"] |= {found: known[found] for found in ids_in(row["detail"]) if found in known}
        row["subject_name"] = row["subject_name"] or known.get(row["subject"])
    return AuditView.model_validate({"total": total, "page_size": PAGE, "entries": rows})


@router.post("/audit/find")
async def find_chats(body: FindBody, staff: Auditor, request: Request) -> FoundView:
    """Whose log is meant: the chats in which a telephone number or the like was given. The value
    comes in the body, so that no address holds it, and is not kept."""
    rt = runtime_of(request)
    async with rt.db.write() as session:
        found = await vault.conversations_with(session, rt, body.value.get_secret_value())
        await audit(
            session,
            staff_id=staff.id,
            action="audit.find",
            subject="-",
            detail={"found": len(found)},
            at=rt.clock.now(),
        )
    return FoundView(subjects=found[:MOST_SUBJECTS])


@router.get("/audit/actions")
async def list_actions(_staff: Auditor, request: Request) -> ActionsView:
    return ActionsView(actions=await used_actions(runtime_of(request)))


async def _check_reach(rt: Runtime, staff: Staff, account_id: str) -> StaffAccount:
    account = await service.account_of(rt, staff_id=account_id)
    check_region(staff, account.region)
    return account
