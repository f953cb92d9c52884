"""Every staff route with the permission it must ask for: the contract of docs/desk.md in one table."""

from fastapi import APIRouter
from fastapi.routing import APIRoute

from bot.accounts.api import router as accounts_router
from bot.desk import api_acts, api_chats, api_outcomes, api_tools, api_words
from bot.desk.api import router as desk_router
from bot.desk.manage.accounts_api import router as admin_router
from bot.desk.manage.after_api import router as after_router
from bot.desk.manage.api import router as manage_router
from bot.desk.manage.settings_api import router as settings_router
from bot.identity.office_api import router as data_router
from bot.talent.api import router as talents_router
from bot.talent.directory_api import router as directory_router

ROUTERS: tuple[APIRouter, ...] = (
    accounts_router,
    admin_router,
    desk_router,
    manage_router,
    after_router,
    settings_router,
    talents_router,
    directory_router,
    data_router,
)
PARTS_OF_DESK = (api_chats, api_acts, api_outcomes, api_words, api_tools)
PUBLIC = {"POST /api/staff/login"}
ANYBODY_SIGNED_IN = {
    "POST /api/staff/logout",
    "GET /api/staff/me",
    "POST /api/staff/password",
}
EXPECTED = {
    "GET /api/office/data-requests": "talent.edit",
    "POST /api/office/data-requests/{request_id}": "talent.edit",
    "GET /api/office/talents/{talent_id}/bindings": "talent.read",
    "DELETE /api/office/talents/{talent_id}/bindings/{binding_id}": "talent.edit",
    "GET /api/staff/accounts": "staff.manage",
    "GET /api/staff/accounts/employers": "staff.manage",
    "POST /api/staff/accounts": "staff.manage",
    "PUT /api/staff/accounts/{account_id}": "staff.manage",
    "POST /api/staff/accounts/{account_id}/reset-password": "staff.manage",
    "POST /api/staff/accounts/{account_id}/deactivate": "staff.manage",
    "GET /api/staff/audit": "audit.read",
    "GET /api/staff/audit/actions": "audit.read",
    "POST /api/staff/audit/find": "audit.read",
    "GET /api/desk/manage/wall": "desk.report",
    "GET /api/desk/manage/reports": "desk.report",
    "GET /api/desk/manage/reports.xlsx": "desk.report",
    "GET /api/desk/manage/ratings": "desk.watch",
    "GET /api/desk/manage/follow-ups": "desk.lead",
    "POST /api/desk/manage/follow-ups/{follow_up_id}/take": "desk.lead",
    "POST /api/desk/manage/follow-ups/{follow_up_id}/done": "desk.lead",
    "GET /api/desk/manage/quality/mine": "desk.chat",
    "GET /api/desk/manage/quality/averages": "desk.quality",
    "POST /api/desk/manage/quality/sample": "desk.quality",
    "GET /api/desk/manage/quality": "desk.quality",
    "GET /api/desk/manage/quality/{handover_id}": "desk.quality",
    "POST /api/desk/manage/quality/{handover_id}/review": "desk.quality",
    "GET /api/desk/manage/teams": "desk.settings",
    "POST /api/desk/manage/teams": "desk.settings",
    "PUT /api/desk/manage/teams/{team_id}": "desk.settings",
    "GET /api/desk/manage/calendars": "desk.settings",
    "POST /api/desk/manage/calendars": "desk.settings",
    "PUT /api/desk/manage/calendars/{calendar_id}": "desk.settings",
    "POST /api/desk/manage/calendars/preview": "desk.settings",
    "GET /api/desk/manage/seats": "desk.settings",
    "PUT /api/desk/manage/seats/{staff_id}": "desk.settings",
    "GET /api/desk/manage/triggers": "desk.settings",
    "PUT /api/desk/manage/triggers/{key}": "desk.settings",
    "GET /api/desk/manage/levels": "desk.settings",
    "PUT /api/desk/manage/levels/{team_id}": "desk.settings",
    "DELETE /api/desk/manage/levels/{team_id}": "desk.settings",
    "GET /api/desk/manage/labels": "desk.settings",
    "POST /api/desk/manage/labels": "desk.settings",
    "PUT /api/desk/manage/labels/{label_id}": "desk.settings",
    "GET /api/desk/manage/phrases": "desk.settings",
    "POST /api/desk/manage/phrases": "desk.settings",
    "PUT /api/desk/manage/phrases/{phrase_id}": "desk.settings",
    "DELETE /api/desk/manage/phrases/{phrase_id}": "desk.settings",
    "GET /api/desk/chats": "desk.watch",
    "GET /api/desk/counts": "desk.watch",
    "GET /api/desk/search": "desk.watch",
    "GET /api/desk/events": "desk.watch",
    "GET /api/desk/chats/{chat_id}": "desk.watch",
    "GET /api/desk/chats/{chat_id}/messages": "desk.watch",
    "GET /api/desk/chats/{chat_id}/events": "desk.watch",
    "POST /api/desk/chats/{chat_id}/unmask": "desk.unmask",
    "GET /api/desk/chats/{chat_id}/transcript": "desk.export",
    "POST /api/desk/next": "desk.chat",
    "POST /api/desk/chats/{chat_id}/claim": "desk.chat",
    "POST /api/desk/chats/{chat_id}/accept": "desk.chat",
    "POST /api/desk/chats/{chat_id}/decline": "desk.chat",
    "GET /api/desk/chats/{chat_id}/targets": "desk.chat",
    "POST /api/desk/chats/{chat_id}/transfer": "desk.chat",
    "DELETE /api/desk/chats/{chat_id}/transfer": "desk.chat",
    "POST /api/desk/chats/{chat_id}/hold": "desk.chat",
    "POST /api/desk/chats/{chat_id}/resume": "desk.chat",
    "POST /api/desk/chats/{chat_id}/take-over": "desk.lead",
    "POST /api/desk/chats/{chat_id}/end": "desk.chat",
    "POST /api/desk/chats/{chat_id}/return": "desk.chat",
    "GET /api/desk/chats/{chat_id}/summary": "desk.chat",
    "POST /api/desk/chats/{chat_id}/summary": "desk.chat",
    "POST /api/desk/chats/{chat_id}/block": "desk.lead",
    "POST /api/desk/chats/{chat_id}/unblock": "desk.lead",
    "PUT /api/desk/chats/{chat_id}/specialist": "desk.lead",
    "POST /api/desk/tickets/{handover_id}/take": "desk.chat",
    "POST /api/desk/tickets/{handover_id}/done": "desk.chat",
    "POST /api/desk/chats/{chat_id}/messages": "desk.chat",
    "POST /api/desk/chats/{chat_id}/notes": "desk.chat",
    "PUT /api/desk/chats/{chat_id}/drafts/{kind}": "desk.chat",
    "POST /api/desk/chats/{chat_id}/typing": "desk.chat",
    "POST /api/desk/chats/{chat_id}/seen": "desk.watch",
    "POST /api/desk/chats/{chat_id}/files": "desk.chat",
    "GET /api/desk/chats/{chat_id}/files/{file_id}": "desk.watch",
    "GET /api/desk/suggest": "desk.chat",
    "GET /api/desk/faq": "desk.chat",
    "GET /api/desk/phrases": "desk.chat",
    "POST /api/desk/phrases": "desk.chat",
    "PUT /api/desk/phrases/{phrase_id}": "desk.chat",
    "DELETE /api/desk/phrases/{phrase_id}": "desk.chat",
    "POST /api/desk/phrases/{phrase_id}/used": "desk.chat",
    "GET /api/desk/labels": "desk.chat",
    "GET /api/desk/seat": "desk.chat",
    "PUT /api/desk/seat": "desk.chat",
    "POST /api/desk/seat/alive": "desk.chat",
    "GET /api/office/talents": "talent.read",
    "GET /api/office/talents/options": "talent.read",
    "POST /api/office/talents/find": "talent.read",
    "POST /api/office/talents": "talent.edit",
    "GET /api/office/talents/{talent_id}": "talent.read",
    "PUT /api/office/talents/{talent_id}": "talent.edit",
    "POST /api/office/talents/{talent_id}/unmask": "desk.unmask",
    "POST /api/office/talents/{talent_id}/tiers": "talent.edit",
    "POST /api/office/talents/{talent_id}/programmes": "talent.edit",
    "POST /api/office/talents/{talent_id}/cards": "talent.edit",
    "PUT /api/office/talents/{talent_id}/cards/{card_id}": "talent.edit",
    "POST /api/office/talents/{talent_id}/specialist": "desk.lead",
    "GET /api/office/departments": "talent.read",
    "POST /api/office/departments": "talent.edit",
    "PUT /api/office/departments/{key}": "talent.edit",
    "GET /api/office/windows": "talent.read",
    "POST /api/office/windows": "talent.edit",
    "PUT /api/office/windows/{key}": "talent.edit",
    "GET /api/office/employers": "talent.read",
    "POST /api/office/employers": "talent.edit",
    "PUT /api/office/employers/{row_id}": "talent.edit",
    "GET /api/office/institutions": "talent.read",
    "POST /api/office/institutions": "talent.edit",
    "PUT /api/office/institutions/{row_id}": "talent.edit",
    "GET /api/office/providers": "talent.read",
    "POST /api/office/providers": "talent.edit",
    "PUT /api/office/providers/{row_id}": "talent.edit",
    "GET /api/office/settings": "talent.read",
    "PUT /api/office/settings/{key}": "desk.settings",
    "GET /api/desk/notices": "desk.watch",
    "POST /api/desk/notices/{notice_id}/seen": "desk.watch",
    "GET /api/unit/home": "unit.read",
    "GET /api/unit/people": "unit.read",
    "POST /api/unit/people": "unit.complete",
    "GET /api/unit/people/{talent_id}": "unit.read",
    "POST /api/unit/people/{talent_id}/corrections": "unit.complete",
    "GET /api/unit/proposals": "unit.read",
    "GET /api/unit/demands": "unit.read",
    "POST /api/unit/demands": "unit.complete",
    "PUT /api/unit/demands/{demand_id}": "unit.complete",
    "GET /api/unit/experts": "unit.read",
    "GET /api/unit/visits": "unit.read",
    "POST /api/unit/visits": "unit.complete",
    "GET /api/unit/accounts": "unit.read",
    "POST /api/unit/accounts": "unit.approve",
    "POST /api/unit/accounts/{account_id}/reset-password": "unit.approve",
    "POST /api/unit/accounts/{account_id}/deactivate": "unit.approve",
    "GET /api/unit/cases": "unit.read",
    "POST /api/unit/cases/approve": "unit.approve",
    "GET /api/unit/cases/{part_id}": "unit.read",
    "PUT /api/unit/cases/{part_id}/officer": "unit.approve",
    "PUT /api/unit/cases/{part_id}/values": "unit.complete",
    "POST /api/unit/cases/{part_id}/unit_approve": "unit.approve",
    "POST /api/unit/cases/{part_id}/unit_return": "unit.approve",
    "POST /api/unit/cases/{part_id}/ask_supplement": "unit.approve",
    "POST /api/unit/cases/{part_id}/supplied": "unit.complete",
    "GET /api/unit/cases/{part_id}/files/{file_id}": "unit.read",
    "POST /api/unit/files": "unit.complete",
    "GET /api/unit/items": "unit.read",
    "GET /api/unit/items/{key}": "unit.read",
    "GET /api/unit/items/{key}/form.xlsx": "unit.complete",
    "POST /api/unit/items/{key}/form": "unit.complete",
    "GET /api/unit/applications": "unit.read",
    "POST /api/unit/applications/check": "unit.complete",
    "POST /api/unit/applications": "unit.complete",
}


def staff_routes() -> dict[str, APIRoute]:
    whole = (router for router in ROUTERS if router is not desk_router)
    found = routes_of(*whole)
    for part in PARTS_OF_DESK:
        found |= routes_of(part.router, prefix=desk_router.prefix)
    return found


def routes_of(*routers: APIRouter, prefix: str = "") -> dict[str, APIRoute]:
    routes = [route for router in routers for route in router.routes]
    assert routes
    assert all(isinstance(route, APIRoute) for route in routes)
    return {
        f"{method} {prefix}{route.path}": route
        for route in routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
