"""Projects to join and demands that fit: what is open, best first, and joining it."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.content import Button, Content
from bot.mine.words import human_button, join_button, say
from bot.runtime import Runtime
from bot.talent import challenges, demands, events, matches, participations, projects, reminders
from bot.talent.cards import today_of
from bot.talent.demand_models import Challenge, ChallengeClaim, Demand, DemandMatch, Event, OpeningWish
from bot.talent.grassroots_models import Participation, Project
from bot.talent.matching import Need, Person, match
from bot.talent.models import Talent
from bot.talent.places import region_name

SHOWN = 5
_MANY = 500
Row = TypeVar("Row", Project, Demand, Challenge)


async def my_projects(rt: Runtime, *, talent_id: str) -> Content:
    """What one is in, then what one may join."""
    today = today_of(rt)
    async with rt.db.read() as session:
        person = person_of(await session.get_one(Talent, talent_id))
        mine = await session.execute(
            select(Project, Participation.status)
            .join(Participation, Participation.project_id == Project.id)
            .where(Participation.talent_id == talent_id, Participation.status.not_in(("已退出", "未采纳")))
            .order_by(Participation.updated_at.desc())
            .limit(SHOWN)
        )
        joined = [(project, status) for project, status in mine]
        opened = await session.scalars(
            select(Project)
            .where(
                Project.status == projects.OPEN,
                Project.ends_on >= today,
                Project.id.not_in(_refused(talent_id)),
                _same_province(Project.region, person),
            )
            .order_by(Project.starts_on, Project.id)
            .limit(_MANY)
        )
        known = {project.id for project, _ in joined}
        best = _best([row for row in opened if row.id not in known], person, projects.need_of)
        coming = await _events(session, person, today)
    items = [say("project_mine", title=project.title, status=status) for project, status in joined]
    items += [_project_line(project, reasons) for project, reasons in best]
    items += [_event_line(event) for event in coming]
    buttons = [join_button("project", row.id, say("join_project", title=row.title)) for row, _ in best]
    buttons += [join_button("event", event.id, say("join_event", name=event.name)) for event in coming[:2]]
    lead = "projects_lead" if best else "projects_none"
    return Content(paragraphs=[say(lead)], items=items, buttons=[*buttons, human_button("手续代办")])


async def my_demands(rt: Runtime, *, talent_id: str) -> Content:
    today = today_of(rt)
    async with rt.db.read() as session:
        person = person_of(await session.get_one(Talent, talent_id))
        asked = set(
            await session.scalars(
                select(DemandMatch.demand_id).where(
                    DemandMatch.talent_id == talent_id, DemandMatch.status.in_(("有意向", "已对接", "不合适"))
                )
            )
        )
        best = [one for one in await fitting_demands(session, person, today) if one[0].id not in asked][
            :SHOWN
        ]
        told = await session.get(OpeningWish, talent_id) is not None
        claimed = select(ChallengeClaim.challenge_id).where(ChallengeClaim.talent_id == talent_id)
        topics = await session.scalars(
            select(Challenge)
            .where(
                Challenge.status == challenges.OPEN,
                Challenge.closes_on >= today,
                Challenge.id.not_in(claimed),
                _same_province(Challenge.region, person),
            )
            .limit(_MANY)
        )
        open_topics = _best(list(topics), person, lambda row: Need(row.field, row.region))[:2]
    items = [_demand_line(row, reasons) for row, reasons in best]
    items += [
        say(
            "challenge_line",
            title=row.title,
            place=region_name(row.region),
            day=row.closes_on,
            why="；".join(why),
        )
        for row, why in open_topics
    ]
    buttons = [join_button("demand", row.id, say("join_demand", title=row.title)) for row, _ in best]
    buttons += [
        join_button("challenge", row.id, say("join_challenge", title=row.title)) for row, _ in open_topics
    ]
    lead = "demands_lead" if items else "demands_none"
    buttons.append(join_button("wish", "off" if told else "on", say("wish_off" if told else "wish_on")))
    return Content(paragraphs=[say(lead)], items=items, buttons=[*buttons, human_button("手续代办")])


async def join(rt: Runtime, *, talent_id: str, what: str) -> Content:
    """A pressed button: `project:<id>`. Refusals are told by the caller."""
    kind, _, row_id = what.partition(":")
    human: list[Button] = [human_button("手续代办")]
    if kind == "wish":
        await reminders.agree(rt, talent_id=talent_id, wished=row_id == "on")
        return Content.say(say("wished" if row_id == "on" else "wished_off"), buttons=human)
    if kind == "project":
        project = await participations.sign_up(rt, project_id=row_id, talent_id=talent_id)
        return Content.say(say("joined_project", title=project.title), buttons=human)
    if kind == "event":
        event = await events.sign_up(rt, event_id=row_id, talent_id=talent_id)
        return Content.say(say("joined_event", name=event.name), buttons=human)
    if kind == "demand":
        demand = await matches.express_interest(rt, demand_id=row_id, talent_id=talent_id)
        return Content.say(say("joined_demand", title=demand.title), buttons=human)
    challenge = await challenges.take_up(rt, challenge_id=row_id, talent_id=talent_id, by=None)
    return Content.say(say("joined_challenge", title=challenge.title), buttons=human)


async def fitting_demands(
    session: AsyncSession, person: Person, today: date
) -> list[tuple[Demand, tuple[str, ...]]]:
    rows = await session.scalars(
        select(Demand)
        .where(
            Demand.status == demands.PUBLISHED,
            Demand.closes_on >= today,
            _same_province(Demand.region, person),
        )
        .order_by(Demand.closes_on, Demand.id)
        .limit(_MANY)
    )
    return _best(list(rows), person, demands.need_of)


def person_of(talent: Talent) -> Person:
    return Person(talent.id, talent.fields, talent.industry, talent.region, talent.education)


def _best(
    rows: Sequence[Row], person: Person, need_of: Callable[[Row], Need]
) -> list[tuple[Row, tuple[str, ...]]]:
    found = [(row, one) for row in rows if (one := match(need_of(row), person))]
    found.sort(key=lambda pair: (-pair[1].score, pair[0].id))
    return [(row, one.reasons) for row, one in found[:SHOWN]]


def _refused(talent_id: str) -> Select[str]:
    """Projects that did not take them: nothing to offer again."""
    return select(Participation.project_id).where(
        Participation.talent_id == talent_id, Participation.status == "未采纳"
    )


def _same_province(column: Any, person: Person) -> Any:
    return or_(column.startswith(person.region[:2]), column == "000000")


async def _events(session: AsyncSession, person: Person, today: date) -> list[Event]:
    rows = await session.scalars(
        select(Event)
        .where(
            Event.published.is_(True),
            _same_province(Event.region, person),
            or_(Event.starts_on.is_(None), Event.starts_on >= today),
        )
        .order_by(Event.starts_on.asc().nulls_last(), Event.name)
        .limit(3)
    )
    return list(rows)


def _project_line(row: Project, reasons: Sequence[str]) -> str:
    return say(
        "project_line",
        title=row.title,
        host=row.host,
        place=region_name(row.region),
        first=row.starts_on,
        last=row.ends_on,
        term=row.term,
        why="；".join(reasons),
    )


def _demand_line(row: Demand, reasons: Sequence[str]) -> str:
    return say(
        "demand_line",
        kind=row.kind,
        title=row.title,
        place=region_name(row.region),
        day=row.closes_on,
        why="；".join(reasons),
    )


def _event_line(row: Event) -> str:
    when = f"{row.starts_on}" if row.starts_on else say("not_announced")
    return say("event_line", name=row.name, when=when, place=row.place or say("not_announced"))
