"""Which seat takes a waiting episode. Pure: who may, who is first, and which team answers for it.

Whoever waits is looked for in circles: the talent's own specialist, the team's members with the
skills and language needed, any member of the team, any seat whose region holds the talent's. A
circle is left when its time is over, or at once when nobody in it is at work.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from bot.conversation.models import Control
from bot.desk.models import Kind, Level, SeatStatus

NATION = "000000"
FOREIGN = "外籍"  # the skill that serves foreign talents
_TELLING_CHARACTERS = 8
_HAN, _LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{2,}")
GRACE_S = 25  # two missed heartbeats of a page and a little
OWN_WAIT_S = 45  # for one's own specialist, who is busy for the moment
RELAX_AFTER_S = 60  # skills and language are no longer asked for
WIDEN_AFTER_S = 120  # nor the team
AGAIN_AFTER_S = 60  # after a decline or a missed ring, before the same seat rings again

# In quarters of a chat, against four times a seat's capacity.
QUARTERS = 4
ACTIVE, RINGING, WRAP_UP, ON_HOLD = 4, 4, 2, 1
WEIGHTS: Mapping[Control, int] = {
    Control.HUMAN: ACTIVE,
    Control.OFFERED: RINGING,
    Control.WRAP_UP: WRAP_UP,
    Control.ON_HOLD: ON_HOLD,
}

# Whose work a category is, the most fitting first. A preference: nobody is shut out.
KINDS: Mapping[str, tuple[Kind, ...]] = {
    "政策咨询": (Kind.WINDOW, Kind.DEPARTMENT, Kind.PROVIDER, Kind.EMPLOYER),
    "手续代办": (Kind.PROVIDER, Kind.WINDOW, Kind.EMPLOYER, Kind.DEPARTMENT),
    "待遇落实": (Kind.DEPARTMENT, Kind.WINDOW, Kind.PROVIDER, Kind.EMPLOYER),
}
_COMPLAINTS = (Kind.DEPARTMENT, Kind.WINDOW, Kind.PROVIDER, Kind.EMPLOYER)
KINDS_FOR_REASON: Mapping[str, tuple[Kind, ...]] = {"complaint": _COMPLAINTS, "crisis": _COMPLAINTS}

# The level of the talent's place first, then upwards, then downwards.
LEVELS: Mapping[Level, tuple[Level, ...]] = {
    Level.COUNTY: (Level.COUNTY, Level.CITY, Level.PROVINCE),
    Level.CITY: (Level.CITY, Level.PROVINCE, Level.COUNTY),
    Level.PROVINCE: (Level.PROVINCE, Level.CITY, Level.COUNTY),
}


class Circle(IntEnum):
    """Whom an episode is open to; each holds the one before."""

    OWN = 0
    FITTING = 1  # the team's members with the skills and the language
    TEAM = 2
    REGION = 3  # whoever serves the talent's place


@dataclass(frozen=True)
class SeatFacts:
    """A seat of an active account that may chat."""

    staff_id: str
    name: str
    team_id: str | None
    region: str
    level: Level
    kind: Kind
    categories: frozenset[str]
    languages: frozenset[str]
    skills: frozenset[str]
    capacity: int
    status: SeatStatus
    seen_at: datetime
    given_at: datetime | None
    load: int  # quarters, see WEIGHTS

    @property
    def free(self) -> int:
        """How many more chats it takes."""
        return max(0, self.capacity * QUARTERS - self.load) // QUARTERS


@dataclass(frozen=True)
class Waiting:
    """An episode as routing sees it."""

    handover_id: str
    conversation_id: str
    category: str
    reason: str
    region: str | None
    team_id: str | None
    queued_at: datetime
    wanted_staff_id: str | None = None
    passed_by: tuple[str, ...] = ()
    passed_at: datetime | None = None  # the last decline, missed ring or loss
    language: str | None = None
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TeamFacts:
    id: str
    region: str
    categories: frozenset[str]
    staffed: bool  # has a member who may chat
    open: bool
    on_line: bool  # a member is at work
    full: bool  # its queue is


def region_chain(code: str | None) -> tuple[str, ...]:
    """370102 → 370102, 370100, 370000, 000000."""
    if not code or len(code) != 6:
        return (NATION,)
    return tuple(dict.fromkeys((code, code[:4] + "00", code[:2] + "0000", NATION)))


def level_of(region: str | None) -> Level:
    place = region_chain(region)[0]
    if place.endswith("0000"):
        return Level.PROVINCE
    return Level.CITY if place.endswith("00") else Level.COUNTY


def alive(seen_at: datetime, now: datetime) -> bool:
    """Whether the desk page of a seat was heard of within the grace."""
    return (now - seen_at).total_seconds() <= GRACE_S


def present(seat: SeatFacts, now: datetime) -> bool:
    """At work and willing to be rung."""
    return seat.status == SeatStatus.READY and alive(seat.seen_at, now)


def choose(waiting: Waiting, seats: Sequence[SeatFacts], now: datetime) -> SeatFacts | None:
    """The seat that is rung next, or None while nobody has room."""
    circle = circle_of(waiting, seats, now)
    fitting = [seat for seat in seats if seat.free and _rings(waiting, seat, circle, now)]
    return min(fitting, key=lambda seat: _order(waiting, seat), default=None)


def may_take(waiting: Waiting, seat: SeatFacts, seats: Sequence[SeatFacts], now: datetime) -> bool:
    """Whether a seat that asks for the next chat by hand, ready or not, may be given this one."""
    return _inside(waiting, seat, circle_of(waiting, seats, now))


def circle_of(waiting: Waiting, seats: Sequence[SeatFacts], now: datetime) -> Circle:
    """How far the search has come, by time and by who is at work."""
    waited = (now - waiting.queued_at).total_seconds()
    own = next((seat for seat in seats if seat.staff_id == waiting.wanted_staff_id), None)
    if own and waited < OWN_WAIT_S and _worth_waiting(waiting, own, now):
        return Circle.OWN
    circle = Circle.REGION
    if waited < WIDEN_AFTER_S:
        circle = Circle.TEAM if waited >= RELAX_AFTER_S else Circle.FITTING
    while circle < Circle.REGION and not any(_rings(waiting, seat, circle, now) for seat in seats):
        circle = Circle(circle + 1)
    return circle


def next_of_team(waiting: Waiting, seats: Sequence[SeatFacts], now: datetime) -> SeatFacts | None:
    """Who of the team a transfer is offered to next; None when nobody is left."""
    left = [
        seat
        for seat in seats
        if seat.team_id == waiting.team_id
        and seat.staff_id not in waiting.passed_by
        and present(seat, now)
        and seat.free
    ]
    return min(left, key=lambda seat: _order(waiting, seat), default=None)


def needs(packet: Mapping[str, Any], known: frozenset[str]) -> tuple[str | None, frozenset[str]]:
    """Language and skills an episode asks for. Skills that no seat has are not looked for."""
    slots, profile, application = (_part(packet, name) for name in ("slots", "profile", "application"))
    said = {slots.get("tier"), profile.get("tier"), application.get("item"), application.get("name")}
    if profile.get("foreign"):
        said.add(FOREIGN)
    words = [line.get("text") or "" for line in packet.get("last") or () if line.get("author") == "talent"]
    return _language(words), frozenset(one for one in said if isinstance(one, str)) & known


def _language(words: Sequence[str]) -> str | None:
    """English when a talent writes nothing else; None is Chinese. Short words tell nothing."""
    told = [text for text in words if len(text) >= _TELLING_CHARACTERS]
    foreign = [text for text in told if not _HAN.search(text) and len(_LATIN.findall(text)) > 1]
    return "en" if told and len(foreign) == len(told) else None


def _part(whole: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def choose_team(
    teams: Iterable[TeamFacts], *, region: str | None, category: str
) -> tuple[TeamFacts | None, str | None]:
    """The team that answers for a talent, and why it cannot now: None, "hours" or "full".

    The most specific team with somebody at work, else the most specific one that is open; when all
    are shut or full, the most specific one owes the call-back. A team without members answers for
    nobody, except the general one: who joins the desk joins that.
    """
    chain = region_chain(region)
    fitting = [
        team
        for team in teams
        if team.region in chain
        and (not team.categories or category in team.categories)
        and (team.staffed or team.region == NATION)
    ]
    # Without members the general team stands behind every other.
    fitting.sort(key=lambda team: (not team.staffed, chain.index(team.region), not team.categories, team.id))
    ready = [team for team in fitting if team.open and not team.full]
    if ready:
        return next((team for team in ready if team.on_line), ready[0]), None
    shut = next((team for team in fitting if team.open), None)
    if shut:
        return shut, "full"
    return (fitting[0], "hours") if fitting else (None, None)


def _worth_waiting(waiting: Waiting, own: SeatFacts, now: datetime) -> bool:
    here = alive(own.seen_at, now) and own.status != SeatStatus.OFFLINE
    return here and own.staff_id not in waiting.passed_by


def _rings(waiting: Waiting, seat: SeatFacts, circle: Circle, now: datetime) -> bool:
    return present(seat, now) and not _passed(waiting, seat, now) and _inside(waiting, seat, circle)


def _passed(waiting: Waiting, seat: SeatFacts, now: datetime) -> bool:
    if seat.staff_id not in waiting.passed_by:
        return False
    return waiting.passed_at is None or (now - waiting.passed_at).total_seconds() < AGAIN_AFTER_S


def _inside(waiting: Waiting, seat: SeatFacts, circle: Circle) -> bool:
    if seat.staff_id == waiting.wanted_staff_id:
        return True
    if circle == Circle.OWN or (seat.categories and waiting.category not in seat.categories):
        return False
    # Whose place is not known anybody may help in the end.
    here = seat.region in region_chain(waiting.region)
    if circle == Circle.REGION:
        return here or not waiting.region
    same_team = waiting.team_id is None or seat.team_id == waiting.team_id
    if not same_team or not (here or not waiting.region):
        return False
    if circle == Circle.TEAM:
        return True
    speaks = waiting.language is None or waiting.language in seat.languages
    return speaks and waiting.skills <= seat.skills


def _order(waiting: Waiting, seat: SeatFacts) -> tuple[object, ...]:
    chain = region_chain(waiting.region)
    kinds = KINDS_FOR_REASON.get(waiting.reason) or KINDS.get(waiting.category, tuple(Kind))
    return (
        seat.staff_id != waiting.wanted_staff_id,
        waiting.passed_by.count(seat.staff_id),
        waiting.language is not None and waiting.language not in seat.languages,
        -len(waiting.skills & seat.skills),
        seat.team_id != waiting.team_id,
        chain.index(seat.region) if seat.region in chain else len(chain),
        LEVELS[level_of(waiting.region)].index(seat.level),
        kinds.index(seat.kind),
        seat.load / seat.capacity if seat.capacity else float("inf"),
        seat.given_at is not None,
        seat.given_at.timestamp() if seat.given_at else 0.0,
        seat.staff_id,
    )
