"""Whose chats a member of staff may see: one condition, used by lists, search, push and export alike."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, true

from bot.accounts.reach import Reach
from bot.conversation.handover_models import Handover, HandoverStatus
from bot.conversation.models import Conversation

_TO_DO = (HandoverStatus.WAITING, HandoverStatus.TICKETED)


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
    of_team = _of_team(scope)
    # What no team answers for is everybody's to take: better seen by many than by nobody.
    to_do = and_(or_(of_team, Handover.team_id.is_(None)), Handover.status.in_(_TO_DO))
    if scope.reach == Reach.OWN:
        asked = Handover.transfer_team_id == scope.team_id if scope.team_id else false()
        return or_(mine, to_do, asked)
    if scope.reach == Reach.TEAM:
        return or_(mine, to_do, of_team)
    return or_(mine, to_do, of_team, Handover.region.startswith(scope.region_prefix))


def pickable(scope: Scope) -> ColumnElement[bool]:
    """What may be picked or was a moment ago: a colleague who came first is named instead of a 404."""
    return or_(visible(scope), _of_team(scope), Handover.team_id.is_(None))


def _of_team(scope: Scope) -> ColumnElement[bool]:
    return Handover.team_id == scope.team_id if scope.team_id else false()
