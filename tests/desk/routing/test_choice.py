"""Who takes an episode, decided by pure tables and checked over random desks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.models import Kind, Level, SeatStatus
from bot.desk.routing import (
    AGAIN_AFTER_S,
    GRACE_S,
    OWN_WAIT_S,
    RELAX_AFTER_S,
    WIDEN_AFTER_S,
    SeatFacts,
    TeamFacts,
    Waiting,
    choose,
    choose_team,
    level_of,
    needs,
    region_chain,
)

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)


def seat(staff_id: str, **values: Any) -> SeatFacts:
    given: dict[str, Any] = {
        "name": staff_id,
        "team_id": "t",
        "region": "000000",
        "level": Level.PROVINCE,
        "kind": Kind.WINDOW,
        "categories": frozenset(),
        "languages": frozenset(),
        "skills": frozenset(),
        "capacity": 5,
        "status": SeatStatus.READY,
        "seen_at": NOW,
        "given_at": None,
        "load": 0,
    }
    return SeatFacts(staff_id=staff_id, **(given | values))


def waits(waited_s: float = 0, **values: Any) -> Waiting:
    given: dict[str, Any] = {"category": "政策咨询", "reason": "requested", "region": None, "team_id": "t"}
    queued_at = NOW - timedelta(seconds=waited_s)
    return Waiting(handover_id="h", conversation_id="c", queued_at=queued_at, **(given | values))


def first(waiting: Waiting, *seats: SeatFacts) -> str | None:
    found = choose(waiting, list(seats), NOW)
    return found.staff_id if found else None


@pytest.mark.parametrize(
    "values",
    [
        {"status": SeatStatus.BUSY},
        {"status": SeatStatus.AWAY},
        {"status": SeatStatus.OFFLINE},
        {"seen_at": NOW - timedelta(seconds=GRACE_S + 1)},
        {"load": 17},  # 4¼ of 5 chats
        {"capacity": 0},
        {"categories": frozenset({"手续代办"})},
        {"region": "350000"},  # does not hold the talent's place
    ],
)
def test_never_rung(values: dict[str, Any]) -> None:
    waiting = waits(WIDEN_AFTER_S * 10, region="370102")
    assert first(waiting, seat("a", **values)) is None
    assert first(waiting, seat("a", **values), seat("b")) == "b"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"region": "370102"}, {"region": "370100"}),
        ({"region": "370100"}, {"region": "370000"}),
        ({"region": "370000"}, {"region": "000000"}),
        ({"level": Level.COUNTY}, {"level": Level.CITY}),
        ({"level": Level.CITY}, {"level": Level.PROVINCE}),
        ({"kind": Kind.WINDOW}, {"kind": Kind.EMPLOYER}),
        ({"load": 4}, {"load": 8}),
        ({"load": 4, "capacity": 10}, {"load": 4, "capacity": 5}),
        ({"given_at": None}, {"given_at": NOW}),
        ({"given_at": NOW - timedelta(hours=1)}, {"given_at": NOW}),
        ({"skills": frozenset({"惠才卡"})}, {}),
        ({"languages": frozenset({"en"})}, {}),
    ],
)
def test_preferred(better: dict[str, Any], worse: dict[str, Any]) -> None:
    """The better one is called z, so that the name decides nothing."""
    waiting = waits(region="370102", skills=frozenset({"惠才卡"}), language="en")
    waiting = (
        waiting
        if "skills" in better or "languages" in better
        else replace(waiting, skills=frozenset(), language=None)
    )
    if "languages" in better:
        waiting = replace(waiting, skills=frozenset())
    if "skills" in better:
        waiting = replace(waiting, language=None)
    assert first(waiting, seat("a", **worse), seat("z", **better)) == "z"


def test_place_before_level_before_kind_before_load_before_idleness() -> None:
    by_place = seat("place", region="370102", load=16, given_at=NOW)
    by_level = seat("level", level=Level.COUNTY, load=12, given_at=NOW)
    by_kind = seat("kind", kind=Kind.DEPARTMENT, load=8, given_at=NOW)
    by_load = seat("load", kind=Kind.PROVIDER, load=4, given_at=NOW)
    idle = seat("idle", kind=Kind.PROVIDER, load=4)
    seats = [idle, by_load, by_kind, by_level, by_place]
    order = []
    while seats:
        order.append(first(waits(region="370102"), *seats))
        seats = [one for one in seats if one.staff_id != order[-1]]
    assert order == ["place", "level", "kind", "idle", "load"]


@pytest.mark.parametrize(
    ("category", "reason", "kind"),
    [
        ("政策咨询", "requested", Kind.WINDOW),
        ("手续代办", "requested", Kind.PROVIDER),
        ("待遇落实", "requested", Kind.DEPARTMENT),
        ("政策咨询", "complaint", Kind.DEPARTMENT),
    ],
)
def test_the_kind_of_specialist_fits_the_affair(category: str, reason: str, kind: Kind) -> None:
    seats = [seat(f"{9 - index}", kind=one) for index, one in enumerate(Kind)]
    found = choose(waits(category=category, reason=reason), seats, NOW)
    assert found is not None and found.kind == kind


@pytest.mark.parametrize(
    ("waited", "own", "expected"),
    [
        (0, {}, "own"),
        (0, {"load": 20}, None),  # full: waited for
        (0, {"status": SeatStatus.AWAY}, None),
        (0, {"status": SeatStatus.BUSY}, None),
        (0, {"status": SeatStatus.OFFLINE}, "pool"),  # not coming
        (0, {"status": SeatStatus.READY, "seen_at": NOW - timedelta(seconds=GRACE_S + 1)}, "pool"),
        (OWN_WAIT_S, {"load": 20}, "pool"),
        (OWN_WAIT_S, {}, "own"),
        (0, {"region": "350000", "categories": frozenset({"待遇落实"}), "team_id": "other"}, "own"),
    ],
)
def test_ones_own_specialist(waited: float, own: dict[str, Any], expected: str | None) -> None:
    waiting = waits(waited, wanted_staff_id="own", region="370102")
    assert first(waiting, seat("own", **own), seat("pool")) == expected


def test_a_declined_own_specialist_is_not_waited_for() -> None:
    waiting = waits(wanted_staff_id="own", passed_by=("own",), passed_at=NOW)
    assert first(waiting, seat("own"), seat("pool")) == "pool"


@pytest.mark.parametrize(
    ("waited", "expected"),
    [(0, None), (RELAX_AFTER_S - 1, None), (RELAX_AFTER_S, "team"), (WIDEN_AFTER_S, "team")],
)
def test_skills_are_asked_for_until_relaxed(waited: float, expected: str | None) -> None:
    full = seat("able", skills=frozenset({"外籍"}), load=20)
    waiting = waits(waited, skills=frozenset({"外籍"}))
    assert first(waiting, full, seat("team"), seat("elsewhere", team_id="up")) == expected


@pytest.mark.parametrize(
    ("waited", "expected"), [(0, None), (WIDEN_AFTER_S - 1, None), (WIDEN_AFTER_S, "up")]
)
def test_other_teams_are_asked_when_widened(waited: float, expected: str | None) -> None:
    assert first(waits(waited), seat("team", load=20), seat("up", team_id="up")) == expected


def test_nobody_at_work_in_a_circle_widens_it_at_once() -> None:
    away = seat("team", status=SeatStatus.AWAY)
    assert first(waits(), away, seat("up", team_id="up")) == "up"
    assert first(waits(skills=frozenset({"x"})), seat("team")) == "team"


@pytest.mark.parametrize(("ago", "expected"), [(0, None), (AGAIN_AFTER_S - 1, None), (AGAIN_AFTER_S, "a")])
def test_who_passed_is_asked_again_after_a_while(ago: float, expected: str | None) -> None:
    waiting = waits(passed_by=("a",), passed_at=NOW - timedelta(seconds=ago))
    assert first(waiting, seat("a")) == expected
    assert first(waiting, seat("a"), seat("b", load=16)) == "b"


@pytest.mark.parametrize(
    ("code", "chain", "level"),
    [
        ("370102", ("370102", "370100", "370000", "000000"), Level.COUNTY),
        ("370100", ("370100", "370000", "000000"), Level.CITY),
        ("370000", ("370000", "000000"), Level.PROVINCE),
        (None, ("000000",), Level.PROVINCE),
        ("本地", ("000000",), Level.PROVINCE),
    ],
)
def test_regions_upwards(code: str | None, chain: tuple[str, ...], level: Level) -> None:
    assert region_chain(code) == chain
    assert level_of(code) == level


def team(team_id: str, region: str, **values: Any) -> TeamFacts:
    given: dict[str, Any] = {"staffed": True, "open": True, "on_line": True, "full": False}
    given |= {"categories": frozenset()} | values
    return TeamFacts(id=team_id, region=region, **given)


GENERAL, PROVINCE, CITY = team("g", "000000"), team("p", "370000"), team("c", "370100")


@pytest.mark.parametrize(
    ("teams", "region", "expected"),
    [
        ([GENERAL, PROVINCE, CITY], "370102", ("c", None)),
        ([GENERAL, PROVINCE, CITY], "371300", ("p", None)),
        ([GENERAL, PROVINCE, CITY], "350500", ("g", None)),
        ([GENERAL, PROVINCE, CITY], None, ("g", None)),
        ([GENERAL, PROVINCE, replace(CITY, on_line=False)], "370102", ("p", None)),
        ([replace(one, on_line=False) for one in (GENERAL, PROVINCE, CITY)], "370102", ("c", None)),
        ([GENERAL, replace(PROVINCE, full=True)], "370000", ("g", None)),
        ([replace(GENERAL, full=True), replace(PROVINCE, full=True)], "370000", ("p", "full")),
        ([replace(GENERAL, open=False), replace(PROVINCE, open=False)], "370000", ("p", "hours")),
        ([replace(GENERAL, open=False), PROVINCE], "350500", ("g", "hours")),
        ([GENERAL, replace(PROVINCE, staffed=False)], "370000", ("g", None)),  # nobody would see it
        ([replace(GENERAL, staffed=False, on_line=False), PROVINCE], "370000", ("p", None)),
        ([replace(GENERAL, staffed=False, on_line=False)], "370000", ("g", None)),
        ([GENERAL, replace(CITY, categories=frozenset({"手续代办"}))], "370102", ("g", None)),
        ([], "370102", (None, None)),
    ],
)
def test_the_team_that_answers(
    teams: list[TeamFacts], region: str | None, expected: tuple[str | None, str | None]
) -> None:
    found, why = choose_team(teams, region=region, category="政策咨询")
    assert (found.id if found else None, why) == expected


def test_what_an_episode_needs() -> None:
    said = [{"author": "talent", "text": "How do I apply for the talent card?"}]
    packet = {"slots": {"tier": "A类"}, "profile": {"foreign": True}, "application": None, "last": said}
    assert needs(packet, frozenset({"外籍", "惠才卡"})) == ("en", frozenset({"外籍"}))
    packet["last"] = [*said, {"author": "talent", "text": "我想问一下惠才卡怎么办理"}]
    assert needs(packet, frozenset({"A类"})) == (None, frozenset({"A类"}))
    assert needs({}, frozenset({"A类"})) == (None, frozenset())


names = st.sampled_from(["a", "b", "c", "d"])
codes = st.sampled_from(["370102", "370100", "370000", "000000", "350500"])
some_seats = st.lists(
    st.builds(
        seat,
        names,
        team_id=st.sampled_from(["t", "u"]),
        region=codes,
        level=st.sampled_from(Level),
        kind=st.sampled_from(Kind),
        categories=st.sampled_from([frozenset(), frozenset({"政策咨询"}), frozenset({"手续代办"})]),
        skills=st.sampled_from([frozenset(), frozenset({"x"})]),
        capacity=st.integers(0, 3),
        status=st.sampled_from(SeatStatus),
        seen_at=st.integers(0, 60).map(lambda s: NOW - timedelta(seconds=s)),
        given_at=st.none() | st.integers(0, 60).map(lambda s: NOW - timedelta(seconds=s)),
        load=st.integers(0, 12),
    ),
    unique_by=lambda one: one.staff_id,
    max_size=4,
)
some_waiting = st.builds(
    waits,
    st.integers(0, 200),
    region=st.none() | codes,
    wanted_staff_id=st.none() | names,
    passed_by=st.lists(names, max_size=3).map(tuple),
    passed_at=st.none() | st.integers(0, 120).map(lambda s: NOW - timedelta(seconds=s)),
    skills=st.sampled_from([frozenset(), frozenset({"x"})]),
)


@given(some_waiting, some_seats, st.randoms())
def test_the_choice_is_legal_and_does_not_depend_on_the_order(
    waiting: Waiting, seats: list[SeatFacts], chance: Any
) -> None:
    found = choose(waiting, seats, NOW)
    shuffled = list(seats)
    chance.shuffle(shuffled)
    assert choose(waiting, shuffled, NOW) == found
    if found is None:
        return
    assert found.status == SeatStatus.READY and (NOW - found.seen_at).total_seconds() <= GRACE_S
    assert found.load + 4 <= found.capacity * 4
    if found.staff_id != waiting.wanted_staff_id:
        assert not found.categories or waiting.category in found.categories
        assert not waiting.region or found.region in region_chain(waiting.region)


@given(some_waiting, some_seats)
def test_in_the_end_nobody_waits_while_somebody_could_help(waiting: Waiting, seats: list[SeatFacts]) -> None:
    late = replace(waiting, queued_at=NOW - timedelta(seconds=WIDEN_AFTER_S), passed_by=())
    could = [
        one
        for one in seats
        if one.status == SeatStatus.READY
        and (NOW - one.seen_at).total_seconds() <= GRACE_S
        and one.free
        and (not one.categories or late.category in one.categories)
        and (not late.region or one.region in region_chain(late.region))
    ]
    assert (choose(late, seats, NOW) is not None) >= bool(could)
