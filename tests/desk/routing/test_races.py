"""Several at once: every chat is taken once, no seat gets more than it takes, one of a race wins."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from bot.conversation import queue
from bot.conversation.change import StaffName
from bot.conversation.control_rules import TABLE, ControlEvent
from bot.conversation.handover_models import HandoverStatus
from bot.conversation.models import Control
from bot.conversation.rules import RING_S
from bot.desk.models import SeatStatus
from bot.desk.offers import claim_next, offer_next
from bot.desk.router import Router
from bot.desk.routing import GRACE_S
from bot.desk.sweeps import expire_rings, release_lost
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.settings import PROJECT, Settings, load_secrets
from bot.store.database import Database
from bot.store.hints import Hints
from tests.conftest import MovedClock
from tests.desk.routing.people import Desk

CHATS, PROCESSES, WORKERS = 500, 2, 8
Deed = Callable[[], Awaitable[object]]


@pytest.fixture
async def desk(rt: Runtime) -> Desk:
    return await Desk.open(rt)


@pytest.fixture
async def second(settings: Settings, clock: MovedClock) -> AsyncIterator[Desk]:
    """The same database as another process sees it, half a minute later."""
    database = Database(settings.sqlalchemy_url)
    ahead = MovedClock(clock.now() + timedelta(seconds=RING_S))
    secrets = load_secrets(settings.home)
    yield await Desk.open(Runtime(settings, secrets, database, Hints(), ahead))
    await database.close()


async def test_500_chats_are_claimed_once_each_by_8_workers_in_2_processes(
    desk: Desk, settings: Settings
) -> None:
    team = await desk.team(queue_limit=CHATS)
    capacity = CHATS // WORKERS + 2
    people = [await desk.seat(f"w{index}", team=team, capacity=capacity) for index in range(WORKERS)]
    chats = await desk.talents(CHATS, team=team)
    await desk.rt.db.close()
    ids = [one.id for one in people]
    printed = await asyncio.to_thread(claim_in_processes, settings, ids)
    claims = [line.split() for text in printed for line in text.splitlines()]
    assert Counter(chat for _, chat in claims) == Counter(chats)  # each once, none left
    async with desk.rt.db.read() as session:
        held = await queue.loads(session)
        assert not await queue.anybody_waits(session)
    assert {staff_id: load[Control.HUMAN] for staff_id, load in held.items()} == Counter(
        staff_id for staff_id, _ in claims
    )
    assert max(load[Control.HUMAN] for load in held.values()) <= capacity
    assert all(load.keys() == {Control.HUMAN} for load in held.values())


def claim_in_processes(settings: Settings, staff_ids: list[str]) -> list[str]:
    """What the claiming processes printed; they begin together."""
    share = len(staff_ids) // PROCESSES
    command = [sys.executable, "-m", "tests.desk.routing.claimer", settings.database_url or ""]
    running = [
        subprocess.Popen(
            [*command, str(settings.home), *staff_ids[start : start + share]],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for start in range(0, len(staff_ids), share)
    ]
    for process in running:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    printed = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0] * PROCESSES
    return printed


async def test_the_last_place_of_a_seat_is_given_once(desk: Desk) -> None:
    team = await desk.team()
    lin = await desk.seat("lin", team=team, capacity=3)
    await desk.talents(12, team=team)
    results = await at_once(*([lambda: claim_next(desk.rt, staff=lin)] * 8))
    assert sum(results) == 3


async def test_two_routers_never_offer_one_chat_twice(desk: Desk, second: Desk) -> None:
    team = await desk.team()
    people = [await desk.seat(f"s{index}", team=team, capacity=3) for index in range(4)]
    chats = await desk.talents(20, team=team)
    second.rt.clock = desk.rt.clock
    await asyncio.gather(*(Router(one.rt).route_once() for one in (desk, second, desk, second)))
    rung = [await desk.rings_at(chat) for chat in chats]
    assert Counter(rung) == Counter({one.id: 3 for one in people} | {None: 8})
    assert rung[12:] == [None] * 8  # the first came first
    for chat in chats[:12]:
        assert await desk.changes(chat) == [("offer", None)]


EXCLUSIVE = {
    "accept or expire": ("accept", "expire"),
    "accept or decline": ("accept", "decline"),
    "accept or the seat was lost": ("lost", "accept"),
    "two pick": ("pick", "pick_too"),
    "pick or offer": ("pick", "offer"),
    "two routers offer": ("offer", "offer_too"),
    "transfer accepted or withdrawn": ("accept_transfer", "withdraw"),
    "transfer accepted or expired": ("accept_transfer", "expire"),
    "transfer accepted, or taken over": ("accept_transfer", "take_over"),
}
BEGINNINGS = {
    "accept": "ringing",
    "lost": "ringing at a lost seat",
    "pick": "queued",
    "offer": "queued",
    "accept_transfer": "transferring",
}


@pytest.mark.parametrize("names", EXCLUSIVE.values(), ids=list(EXCLUSIVE))
async def test_of_two_who_exclude_each_other_one_wins(
    desk: Desk, second: Desk, names: tuple[str, str]
) -> None:
    chat, deeds = await scene(desk, second, BEGINNINGS[names[0]])
    results = await at_once(*(deeds[name] for name in names))
    # A take-over after the colleague accepted is as legal as one before: then both are told yes.
    assert sum(results) == 1 or (names == ("accept_transfer", "take_over") and all(results))
    await check_consistent(desk, chat)


@pytest.mark.parametrize("beginning", ["queued", "ringing", "ringing at a lost seat", "transferring", "held"])
async def test_everybody_at_once_leaves_one_true_story(desk: Desk, second: Desk, beginning: str) -> None:
    chat, deeds = await scene(desk, second, beginning)
    results = await at_once(*deeds.values())
    assert any(results)
    await check_consistent(desk, chat)


async def at_once(*deeds: Deed) -> list[bool]:
    """All of them from one barrier; which were obeyed."""
    barrier = asyncio.Barrier(len(deeds))

    async def run(deed: Deed) -> bool:
        await barrier.wait()
        try:
            return await deed() not in (False, 0)
        except Refusal:
            return False

    return list(await asyncio.gather(*(run(deed) for deed in deeds)))


async def scene(desk: Desk, second: Desk, beginning: str) -> tuple[str, dict[str, Deed]]:
    """A chat in some state and all that may be done to it; `second` sees a ring's time as over."""
    team = await desk.team()
    lin, zhou = await desk.seat("lin", team=team), await desk.seat("zhou", team=team)
    lead = await desk.seat("lead", team=team, status=SeatStatus.BUSY)
    chat = await desk.talent()
    until = desk.rt.clock.now() + timedelta(seconds=RING_S)
    if beginning.startswith("ringing"):
        target = StaffName(lin.id, lin.name)
        await desk.do(chat, ControlEvent.OFFER, target=target, until=until)
    elif beginning != "queued":
        await desk.do(chat, ControlEvent.PICK, by=lin)
        await desk.reply(chat)
    if beginning == "transferring":
        target = StaffName(zhou.id, zhou.name)
        await desk.do(chat, ControlEvent.TRANSFER, by=lin, target=target, until=until, note="请接")
    await second.beat(lin, zhou, lead)
    if beginning == "ringing at a lost seat":
        await desk.set(lin, seen_at=desk.rt.clock.now() - timedelta(seconds=GRACE_S + 1))
    act = ControlEvent
    deeds: dict[str, Deed] = {
        "accept": lambda: desk.do(chat, act.ACCEPT, by=lin),
        "decline": lambda: second.do(chat, act.DECLINE, by=lin),
        "expire": lambda: expire_rings(second.rt),
        "lost": lambda: release_lost(desk.rt),
        "pick": lambda: desk.do(chat, act.PICK, by=lin),
        "pick_too": lambda: second.do(chat, act.PICK, by=zhou),
        "offer": lambda: offer_next(second.rt),
        "offer_too": lambda: offer_next(desk.rt),
        "accept_transfer": lambda: desk.do(chat, act.ACCEPT, by=zhou),
        "withdraw": lambda: second.do(chat, act.WITHDRAW, by=lin),
        "take_over": lambda: second.do(chat, act.TAKE_OVER, by=lead),
        "hold": lambda: desk.do(chat, act.HOLD, by=lin, until=until),
        "end": lambda: second.do(chat, act.END, by=lin),
        "give_back": lambda: desk.do(chat, act.GIVE_BACK, by=lin),
        "cancel": lambda: second.do(chat, act.CANCEL),
        "talent": lambda: desk.do(chat, act.TALENT_MESSAGE),
    }
    return chat, deeds


async def check_consistent(desk: Desk, chat: str) -> None:
    """The rows agree with each other and with a log in which each change follows from the one before."""
    conversation, handover = await desk.at(chat)
    control = Control(conversation.control)
    held = control in (Control.HUMAN, Control.ON_HOLD, Control.WRAP_UP)
    assert (conversation.staff_id is not None) == held
    if held:
        assert (handover.status, handover.staff_id) == (HandoverStatus.ACTIVE, conversation.staff_id)
    elif control in (Control.QUEUED, Control.OFFERED):
        assert handover.status == HandoverStatus.WAITING
    else:
        assert handover.status not in (HandoverStatus.ACTIVE, HandoverStatus.WAITING)
    assert (handover.offered_to is not None) == (handover.offered_until is not None)
    assert (handover.offered_to is not None) or control != Control.OFFERED
    log = await desk.steps(chat)
    assert [version for *_, version in log] == list(range(2, conversation.version + 1))
    before = Control.BOT
    for event, was, after, _ in log:
        assert was == before
        assert TABLE[(was, event)].control == after
        before = after
    assert before == control
