"""Rows of the conversation core with the names only the desk knows."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.accounts.service import staff_names
from bot.conversation.chat_rows import ChatRow, episodes, rows_of
from bot.conversation.handover_models import Handover
from bot.desk.manage.sla_clock import sla_by_episode
from bot.desk.models import Team
from bot.runtime import Runtime


async def named(session: AsyncSession, rt: Runtime, rows: Sequence[ChatRow]) -> list[ChatRow]:
    """Names of staff and teams and the service levels: a query each for all rows."""
    people: set[str | None] = set()
    teams: set[str | None] = set()
    for row in rows:
        transfer = row["transfer"] or {}
        ticket = row["ticket"] or {}
        people |= {row["staff_id"], row["specialist_id"], transfer.get("to"), transfer.get("by")}
        people.add(ticket.get("staff_id"))
        teams |= {row["team_id"], transfer.get("team_id")}
    staff = await staff_names(session, people)
    team = await team_names(session, teams)
    levels = await sla_by_episode(session, rt, [row["handover_id"] for row in rows])
    return [
        row
        | {
            "team_name": team.get(row["team_id"]),
            "staff_name": staff.get(row["staff_id"]),
            "specialist_name": staff.get(row["specialist_id"]),
            "transfer": _transfer(row, staff, team),
            "ticket": row["ticket"] and row["ticket"] | {"staff_name": staff.get(row["ticket"]["staff_id"])},
            "sla": levels.get(row["handover_id"]),
        }
        for row in rows
    ]


def _transfer(
    row: ChatRow, staff: dict[str | None, str], team: dict[str | None, str]
) -> dict[str, str | None] | None:
    proposed = row["transfer"]
    if proposed is None:
        return None
    return {
        "to": proposed["to"],
        "to_name": staff.get(proposed["to"]),
        "team_id": proposed["team_id"],
        "team_name": team.get(proposed["team_id"]),
        "by_name": staff.get(proposed["by"]),
        "note": proposed["note"],
    }


async def row_of(session: AsyncSession, rt: Runtime, *, handover_id: str) -> ChatRow:
    """One episode, for whoever has just acted on it or was checked before."""
    (row,) = await named(session, rt, await rows_of(session, episodes().where(Handover.id == handover_id)))
    return row


async def team_names(session: AsyncSession, ids: set[str | None]) -> dict[str | None, str]:
    wanted = {team_id for team_id in ids if team_id}
    if not wanted:
        return {}
    query = select(Team.id, Team.name).where(Team.id.in_(wanted))
    return {team_id: name for team_id, name in await session.execute(query)}
