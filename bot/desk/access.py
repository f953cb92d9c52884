"""The one way from the desk to chats: everything goes through a Scope made here."""

from bot.accounts.permissions import Staff
from bot.conversation.scope import Scope


def scope_of(staff: Staff) -> Scope:
    return Scope(staff.id, staff.reach, staff.team_id, staff.region)
