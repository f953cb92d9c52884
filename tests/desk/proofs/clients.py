"""What a page holds: loaded at first, kept up by its streams, cut off and joined again at any moment."""

import asyncio
import contextlib
from typing import Any

import httpx

from tests.accounts.staff_app import Person
from tests.desk.proofs.office import Json, Office, Visitor
from tests.desk.streaming import opened

PATIENCE_S = 20.0  # only how long a failing test takes
LONG_S = 3600.0  # a page listens as long as it is open
VIEWS = ("queue", "mine", "team", "tickets", "recent")


class Client:
    """Follows one stream. `join` and `cut` are the network; `held` is what the page would show."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    @property
    def joined(self) -> bool:
        return self._task is not None

    def join(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._follow())

    async def cut(self) -> None:
        """Wherever it is: before, in the middle of, or after an event."""
        task, self._task = self._task, None
        while task and not task.done():  # a database driver may swallow one cancelling
            task.cancel()
            await asyncio.wait({task}, timeout=1)
        if task and not task.cancelled():
            task.result()

    async def equals(self, fresh: Json) -> None:
        """Waits until the page shows what a fresh load shows."""
        self.join()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while self.held() != fresh:
                    self._fail_early()
                    self._news.clear()
                    await self._news.wait()
        differs = differing(self.held(), fresh)
        assert not differs, differs

    def held(self) -> Json:
        raise NotImplementedError

    async def _follow(self) -> None:
        raise NotImplementedError

    def _told(self) -> None:
        self._news.set()

    def _fail_early(self) -> None:
        if self._task and self._task.done():
            self._task.result()


def differing(held: Any, fresh: Any, path: str = "") -> dict[str, tuple[Any, Any]]:
    """Where two loads differ, by path: what is held, what is fresh."""
    if held == fresh:
        return {}
    if isinstance(held, dict) and isinstance(fresh, dict):
        pairs = [(key, held.get(key), fresh.get(key)) for key in {**held, **fresh}]
    elif isinstance(held, list) and isinstance(fresh, list) and len(held) == len(fresh):
        pairs = [(index, *pair) for index, pair in enumerate(zip(held, fresh, strict=True))]
    else:
        return {path: (held, fresh)}
    found: dict[str, tuple[Any, Any]] = {}
    for key, one, other in pairs:
        found |= differing(one, other, f"{path}/{key}")
    return found


class ListsPage(Client):
    """The lists beside the chats: read anew whenever the stream says so."""

    def __init__(self, office: Office, person: Person) -> None:
        super().__init__()
        self._office = office
        self._person = person
        self._lists: Json = {}
        self._rings: set[str] = set()
        self._seat: Json = {}
        self._notices: set[str] = set()

    def held(self) -> Json:
        return {
            "lists": self._lists,
            "rings": sorted(self._rings),
            "seat": self._seat,
            "notices": sorted(self._notices),
        }

    async def _follow(self) -> None:
        while True:
            self._rings.clear()  # what still rings is told again
            self._notices.clear()
            async with opened(self._office.app, self._person.cookie, "/api/desk/events") as stream:
                while (event := await stream.event(patience_s=LONG_S)) is not None:
                    await self._hear(*event)
                    self._told()

    async def _hear(self, name: str, data: Any) -> None:
        match name:
            case "changed":
                self._lists = await load_lists(self._person)
            case "ring":
                self._rings.add(data["conversation_id"])
            case "ring_over":
                self._rings.discard(data["conversation_id"])
            case "seat":
                self._seat = data
            case "notice":
                self._notices.add(data["id"])


async def load_lists(person: Person) -> Json:
    lists: Json = {}
    for view in VIEWS:
        answer = await person.http.get("/api/desk/chats", params={"view": view})
        lists[view] = [_listed(row) for row in answer.raise_for_status().json()["chats"]]
    lists["counts"] = (await person.http.get("/api/desk/counts")).raise_for_status().json()
    del lists["counts"]["notices"]  # the stream tells each of them
    return lists


def _listed(row: Json) -> Json:
    """What the lists show of a row. `sla.state` changes by time alone and is worked out from `due_at`;
    of an episode that is over, what the conversation is now is read when it is opened."""
    shown = row | {"sla": row["sla"] and {"kind": row["sla"]["kind"], "due_at": row["sla"]["due_at"]}}
    if row["handover_status"] in ("returned", "closed", "cancelled"):
        for name in ("control", "version", "staff_seen_seq", "blocked", "specialist_id", "specialist_name"):
            del shown[name]
    return shown


async def fresh_lists(person: Person) -> Json:
    lists = await load_lists(person)
    notices = (await person.http.get("/api/desk/notices")).raise_for_status().json()["notices"]
    return {
        "lists": lists,
        "rings": sorted(r["conversation_id"] for r in lists["mine"] if r["offered_to"] == person.id),
        "seat": (await person.http.get("/api/desk/seat")).raise_for_status().json(),
        "notices": sorted(notice["id"] for notice in notices if notice.get("seen_at") is None),
    }


class _Talk(Client):
    """Messages in order, and the state beside them."""

    def __init__(self) -> None:
        super().__init__()
        self._messages: list[Json] = []
        self._state: Json = {}

    def held(self) -> Json:
        return {"messages": self._messages, "state": self._state}

    @property
    def _last(self) -> int:
        return self._messages[-1]["seq"] if self._messages else 0

    def _take(self, name: str, data: Any) -> None:
        if name == "state":
            self._state = data
        elif name == "message":
            assert data["prev"] == self._last, "a gap or a repeat"
            self._messages.append(data)


class ChatPage(_Talk):
    """One chat on the desk."""

    def __init__(self, office: Office, person: Person, visitor: Visitor) -> None:
        super().__init__()
        self._office = office
        self.person = person
        self.visitor = visitor
        self.left = False

    async def is_left(self) -> None:
        """Waits until the page was told that the chat is out of reach."""
        self.join()
        async with asyncio.timeout(PATIENCE_S):
            while not self.left:
                self._fail_early()
                self._news.clear()
                await self._news.wait()
        await self.cut()

    async def load(self) -> bool:
        """False where the chat is out of reach."""
        answer = await self.person.http.get(self.visitor.path)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return False
        self._messages = answer.raise_for_status().json()["messages"]
        return True

    async def _follow(self) -> None:
        while not self.left:
            path = f"{self.visitor.path}/events?after={self._last}"
            async with opened(self._office.app, self.person.cookie, path) as stream:
                if stream.status == httpx.codes.NOT_FOUND:
                    self.left = True
                while not self.left and (event := await stream.event(patience_s=LONG_S)) is not None:
                    self.left = event[0] == "left"
                    self._take(*event)
                    self._told()
            self._told()


async def fresh_chat(office: Office, person: Person, visitor: Visitor) -> Json | None:
    page = ChatPage(office, person, visitor)
    if not await page.load():
        return None
    async with opened(office.app, person.cookie, f"{visitor.path}/events?after={page._last}") as stream:
        while (event := await stream.event(patience_s=LONG_S)) is not None:
            page._take(*event)
            if event[0] == "state":
                return page.held()
    raise AssertionError("no state")


class WebPage(_Talk):
    """The talent's own page."""

    def __init__(self, office: Office, visitor: Visitor) -> None:
        super().__init__()
        self._office = office
        self._visitor = visitor

    async def load(self) -> None:
        before = 10**6
        while True:
            params = {"before": before, "limit": 50}
            answer = await self._visitor.http.get("/api/web/history", params=params)
            page = answer.raise_for_status().json()
            self._state = page["state"]
            self._messages = page["messages"] + self._messages
            if not page["messages"]:
                return
            before = page["messages"][0]["seq"]

    async def _follow(self) -> None:
        while True:
            path = f"/api/web/events?after={self._last}"
            async with opened(self._office.app, None, path, self._visitor.headers) as stream:
                while (event := await stream.event(patience_s=LONG_S)) is not None:
                    self._take(*event)
                    self._told()


async def fresh_web(office: Office, visitor: Visitor) -> Json:
    page = WebPage(office, visitor)
    await page.load()
    return page.held()
