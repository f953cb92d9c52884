"""Whose chats a member of staff may see: one condition, used by lists, search, push and export alike."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, true

from bot.accounts.reach import Reach
from bot.conversation.handover_models import Handover, HandoverStatus
from bot.conversation.models import Conversation


@dataclass(frozen=True, slots=True)
class Scope:
    staff_id: str
    reach: Reach
    team_id: str | None = None
    region: str = "000000"  # this code and all below

    @property
    def region_prefix(self) -> str:
        """370000 → 37, 371300 → 3713, 000000 → everything."""
        code = self.region
        while code.endswith("00"):
            code = code[:-2]
        return code


def visible(scope: Scope) -> ColumnElement[bool]:
    """Condition over Handover joined with its Conversation."""
    if scope.reach == Reach.ALL or (scope.reach == Reach.REGION and not scope.region_prefix):
        return true()
    mine = or_(
        Handover.staff_id == scope.staff_id,
        Handover.offered_to == scope.staff_id,
        Handover.transfer_to == scope.staff_id,
        Conversation.specialist_id == scope.staff_id,
    )
    of_team = Handover.team_id == scope.team_id if scope.team_id else false()
    if scope.reach == Reach.OWN:
        to_do = and_(of_team, Handover.status.in_((HandoverStatus.WAITING, HandoverStatus.TICKETED)))
        asked = Handover.transfer_team_id == scope.team_id if scope.team_id else false()
        return or_(mine, to_do, asked)
    if scope.reach == Reach.TEAM:
        return or_(mine, of_team)
    return or_(mine, of_team, Handover.region.startswith(scope.region_prefix))
