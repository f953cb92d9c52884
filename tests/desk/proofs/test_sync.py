"""Whatever happens, and however often the network is cut: a page shows in the end what a fresh load shows."""

from collections.abc import AsyncIterator

import pytest

from bot.runtime import Runtime
from tests.conftest import MovedClock
from tests.desk.proofs.clients import (
    ChatPage,
    Client,
    ListsPage,
    WebPage,
    fresh_chat,
    fresh_lists,
    fresh_web,
)
from tests.desk.proofs.office import SECRET, Office

ACTS = 80
LOOK_EVERY = 10
SEEDS = (1, 2)


@pytest.fixture(params=SEEDS)
async def office(request: pytest.FixtureRequest, rt: Runtime, clock: MovedClock) -> AsyncIterator[Office]:
    office = await Office.open(rt, clock, seed=request.param)
    yield office
    await office.close()


async def flicker(office: Office, client: Client) -> None:
    """The network comes and goes."""
    if office.chance.random() < 0.4:
        if client.joined:
            await client.cut()
        else:
            client.join()


async def test_lists_of_the_desk(office: Office) -> None:
    people = [office.people[0], office.lead]  # whose reach is their own, and the team's
    live = [ListsPage(office, person) for person in people]
    cut = [ListsPage(office, person) for person in people]
    try:
        for number in range(1, ACTS + 1):
            for one in live:
                one.join()
            await office.act()
            await flicker(office, office.chance.choice(cut))
            if number % LOOK_EVERY == 0:
                await office.quiet()
                for person, steady, broken in zip(people, live, cut, strict=True):
                    fresh = await fresh_lists(person)
                    await steady.equals(fresh)
                    await broken.equals(fresh)
    finally:
        for one in (*live, *cut):
            await one.cut()


async def test_chats_on_the_desk(office: Office) -> None:
    pages: list[tuple[ChatPage, ChatPage]] = []
    try:
        for number in range(1, ACTS + 1):
            await office.act()
            for _, broken in pages:
                await flicker(office, broken)
            if number % LOOK_EVERY == 0:
                await office.quiet()
                pages = [pair for pair in pages if await _same(office, *pair)]
                while len(pages) < 2:
                    pages.append(await _open(office))
    finally:
        for page in (page for pair in pages for page in pair):
            await page.cut()


async def _open(office: Office) -> tuple[ChatPage, ChatPage]:
    """Two pages of one person at a chat in their reach, loaded before their streams are opened."""
    while True:
        person, visitor = office.chance.choice(office.people), office.chance.choice(office.visitors)
        steady, broken = ChatPage(office, person, visitor), ChatPage(office, person, visitor)
        if await steady.load() and await broken.load():
            steady.join()
            return steady, broken
        await office.act()


async def _same(office: Office, steady: ChatPage, broken: ChatPage) -> bool:
    """False when the chat went out of reach, which both pages must have been told."""
    fresh = await fresh_chat(office, steady.person, steady.visitor)
    if fresh is None:
        for page in (steady, broken):
            await page.is_left()
        return False
    if steady.left or broken.left:  # it was out of reach in between; a page closes it then
        for page in (steady, broken):
            await page.cut()
        return False
    await steady.equals(fresh)
    await broken.equals(fresh)
    return True


async def test_the_talents_chat(office: Office) -> None:
    live = [WebPage(office, visitor) for visitor in office.visitors]
    cut = [WebPage(office, visitor) for visitor in office.visitors]
    try:
        for number in range(1, ACTS + 1):
            for one in live:
                one.join()
            await office.act()
            await flicker(office, office.chance.choice(cut))
            if number % LOOK_EVERY == 0:
                await office.quiet()
                for visitor, steady, broken in zip(office.visitors, live, cut, strict=True):
                    fresh = await fresh_web(office, visitor)
                    await steady.equals(fresh)
                    await broken.equals(fresh)
                    assert SECRET not in str(fresh)
    finally:
        for one in (*live, *cut):
            await one.cut()
