"""Control under random acts of talents, specialists, router, clock and late engine, on the real rows."""

import asyncio
import itertools
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import event as database_event
from sqlalchemy import select

from bot.conversation import service as conversation
from bot.conversation.change import Change, StaffName
from bot.conversation.content import HandoverRequest
from bot.conversation.control_rules import TABLE, ControlEvent
from bot.conversation.desk_port import Admission, NoDesk
from bot.conversation.handover_models import LIVE, ControlChange, Handover, HandoverStatus
from bot.conversation.models import Author, Channel, Control, Conversation, Delivery, Message
from bot.conversation.turns import Claim, claim_turn, put_back, store_answer
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.settings import Settings, load_secrets
from bot.store.database import Database
from bot.store.hints import Hints
from tests.conftest import MovedClock, forgetful
from tests.conversation.control_events import BY_STAFF, ENDING, HELD, WAITING
from tests.conversation.engine import answer_to

STAFF = tuple(StaffName(name * 8, f"专员{name}") for name in ("lin0", "zhou", "sun0"))
CHANNELS = (Channel.WEB, Channel.WECHAT)
SECRET = "内部勿传"
BY_ROUTER = [ControlEvent.OFFER, ControlEvent.OFFER, ControlEvent.EXPIRE, ControlEvent.REQUEUE]


class Office(NoDesk):
    """A desk that is open or not."""

    def __init__(self) -> None:
        self.why: str | None = None

    async def admit(self, *_: Any, **__: Any) -> Admission:
        return Admission(open=self.why is None, why=self.why)


@dataclass
class Seen:
    """One conversation as it was after the step before."""

    version: int = 0
    epoch: int = 0
    shown: list[str] = field(default_factory=list)  # texts the talent may read


class Real(RuleBasedStateMachine):
    def __init__(self, empty: Path) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        file = shutil.copy(empty, self.folder.name)
        self.loop = asyncio.Runner()
        self.clock = MovedClock()
        options = Settings(home=Path(self.folder.name), database_url=f"sqlite+aiosqlite:///{file}")
        database = Database(options.sqlalchemy_url)
        database_event.listen(database.engine.sync_engine, "connect", forgetful)
        self.office = Office()
        self.rt = Runtime(options, load_secrets(options.home), database, Hints(), self.clock)
        self.rt.parts["desk"] = self.office
        self.numbers = itertools.count()
        self.sent: dict[int, tuple[str, str]] = {}
        self.claims: list[Claim] = []
        self.seen: dict[str, Seen] = {}
        self.ids = [self.do(self._open(number)) for number in range(len(CHANNELS))]

    def do(self, act: Any) -> Any:
        return self.loop.run(act)

    async def _open(self, talent: int) -> str:
        return await conversation.open_conversation(self.rt, region="370000", **self.who(talent))

    def who(self, talent: int) -> dict[str, Any]:
        return {"channel": CHANNELS[talent], "account": "a", "external_user": f"t{talent}"}

    def teardown(self) -> None:
        self.do(self.rt.db.close())
        self.loop.close()
        self.folder.cleanup()

    @initialize(seed=st.integers(0, 2**32 - 1))
    def begin(self, seed: int) -> None:
        # Drawn step by step, hypothesis would choose the same few acts again and again.
        self.chance = Random(seed)

    @rule()
    def something_happens(self) -> None:
        chance = self.chance
        acts = (
            (self.says, 2),
            (self.asks_for_a_person, 4),
            (self.presses_a_button, 1),
            (self.cancels, 1),
            (self.anybody_tries_anything, 2),
            (self.who_may_does, 16),
            (self.staff_writes, 3),
            (self.router_acts, 10),
            (self.a_turn_begins, 2),
            (self.a_turn_ends, 2),
            (self.time_passes, 2),
            (self.office_opens_or_shuts, 1),
        )
        act = chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]
        act(chance, chance.randrange(len(CHANNELS)))

    # --- the talent

    def says(self, chance: Random, talent: int) -> None:
        known = self.sent.get(talent)
        again = known is not None and chance.random() < 0.3
        key, text = known if again and known else (f"k{next(self.numbers)}", f"问{next(self.numbers)}")
        received = self._receive(talent, key, text=text)
        assert received is None or received.duplicate == again
        if received:
            self.sent[talent] = key, text

    def presses_a_button(self, chance: Random, talent: int) -> None:
        rows = self.do(self._messages(self.ids[talent]))
        choices = [row for row in rows if row.content.get("buttons") and not row.internal]
        if choices:
            button = choices[-1].id, chance.randrange(len(choices[-1].content["buttons"]))
            self._receive(talent, f"k{next(self.numbers)}", button=button)

    def asks_for_a_person(self, _chance: Random, talent: int) -> None:
        key = f"k{next(self.numbers)}"
        self.refusable(conversation.request_human(self.rt, external_key=key, **self.who(talent)))

    def cancels(self, chance: Random, talent: int) -> None:
        if chance.random() < 0.5:
            self._receive(talent, f"k{next(self.numbers)}", text="取消排队")
        else:
            self.refusable(conversation.cancel_human(self.rt, conversation_id=self.ids[talent]))

    def _receive(self, talent: int, key: str, **what: Any) -> Any:
        return self.refusable(conversation.receive(self.rt, external_key=key, **what, **self.who(talent)))

    # --- specialists, of whom everybody may try everything

    def anybody_tries_anything(self, chance: Random, talent: int) -> None:
        by = chance.choice(STAFF)
        target = chance.choice([None, *(one for one in STAFF if one != by)])
        self._act(talent, chance.choice(BY_STAFF), by=by, target=target)

    def who_may_does(self, chance: Random, talent: int) -> None:
        """Something the table allows, by whoever may, so that long talks happen too."""
        row, episode = self.do(self._stands(self.ids[talent]))
        legal = [event for state, event in TABLE if state == row.control and event in BY_STAFF]
        if row.control in (Control.BOT, Control.CLOSED):
            return self.asks_for_a_person(chance, talent)
        event = chance.choice(legal)
        if event in ENDING and chance.random() < 0.7:
            return  # talks last
        rung = event in (ControlEvent.ACCEPT, ControlEvent.DECLINE)
        wanted = (episode.offered_to if episode else None) if rung else row.staff_id
        others = [one for one in STAFF if one.id != row.staff_id]
        by = next((one for one in STAFF if one.id == wanted), others[0])
        if event in (ControlEvent.PICK, ControlEvent.TAKE_OVER):
            by = chance.choice(others)
        self._act(talent, event, by=by, target=chance.choice([None, *(o for o in others if o != by)]))

    def staff_writes(self, chance: Random, talent: int) -> None:
        holder = self.do(self._stands(self.ids[talent]))[0].staff_id
        inside = chance.random() < 0.3
        by = next((one for one in STAFF if one.id == holder), chance.choice(STAFF))
        if chance.random() < 0.2:
            by = chance.choice(STAFF)
        write = conversation.note if inside else conversation.say_as_staff
        number = next(self.numbers)
        said = self.refusable(
            write(
                self.rt,
                conversation_id=self.ids[talent],
                staff=by,
                client_key=f"s{number}",
                text=f"{SECRET}{number}" if inside else f"答{number}",
            )
        )
        assert (said is not None) == (inside or by.id == holder)

    def router_acts(self, chance: Random, talent: int) -> None:
        holder = self.do(self._stands(self.ids[talent]))[0].staff_id
        event = chance.choice(BY_ROUTER)
        self._act(talent, event, target=chance.choice([one for one in STAFF if one.id != holder]))

    def office_opens_or_shuts(self, chance: Random, _talent: int) -> None:
        self.office.why = chance.choice((None, None, "hours", "full"))

    def _act(self, talent: int, event: ControlEvent, **more: Any) -> None:
        note = f"{SECRET}{next(self.numbers)}" if more.get("by") else None
        if event == ControlEvent.TRANSFER and more["target"] is None:
            more |= {"team_id": "team" * 8, "team_name": "综合服务组"}
        change = Change(event, note=note, until=self.clock.now() + timedelta(seconds=30), **more)
        self.refusable(self._apply(talent, change))

    async def _apply(self, talent: int, change: Change) -> bool:
        async with self.rt.db.write() as session:
            await conversation.act(session, self.rt, conversation_id=self.ids[talent], change=change)
        return True

    # --- the assistant and the time

    def a_turn_begins(self, _chance: Random, _talent: int) -> None:
        claim = self.do(claim_turn(self.rt))
        if claim and claim.request:
            self.claims.append(claim)

    def a_turn_ends(self, chance: Random, _talent: int) -> None:
        """In any order, however late, with an answer, a wish for a person, or a failure."""
        if not self.claims:
            return
        claim = self.claims.pop(chance.randrange(len(self.claims)))
        row = self.do(self._row(claim.conversation_id))
        if chance.random() < 0.3:
            failed = chance.random() < 0.5
            self.do(put_back(self.rt, claim=claim, failed=failed, jitter=0.5))
        else:
            self._answer(claim, wishes=chance.random() < 0.3)
        self._says_nothing_unless_in_charge(claim, row)

    def _answer(self, claim: Claim, wishes: bool) -> None:
        assert claim.request
        wish = HandoverRequest(reason="unanswered") if wishes else None
        answer = answer_to(claim.request, f"答{claim.turn_id}", handover=wish)
        self.do(store_answer(self.rt, claim=claim, answer=answer))

    def _says_nothing_unless_in_charge(self, claim: Claim, before: Conversation) -> None:
        """Whatever a turn yields once a person has to do with the chat is a note at most."""
        if before.control != Control.BOT:
            shown = self.do(self._shown(claim.conversation_id))
            assert shown == self.seen[claim.conversation_id].shown
            after = self.do(self._row(claim.conversation_id))
            assert (after.control, after.version, after.epoch) == (
                before.control,
                before.version,
                before.epoch,
            )

    def time_passes(self, chance: Random, _talent: int) -> None:
        self.clock.advance(seconds=chance.choice((1, 31, 301, 100_000)))

    # --- what must hold after each

    @invariant()
    def every_row_agrees(self) -> None:
        for identity in self.ids:
            self.do(self._check(identity))

    async def _check(self, identity: str) -> None:
        async with self.rt.db.read() as session:
            row = (await session.scalars(select(Conversation).where(Conversation.id == identity))).one()
            episodes = list(
                await session.scalars(select(Handover).where(Handover.conversation_id == identity))
            )
            story = list(
                await session.scalars(
                    select(ControlChange)
                    .where(ControlChange.conversation_id == identity)
                    .order_by(ControlChange.version, ControlChange.id)
                )
            )
            deliveries = list(
                await session.scalars(select(Delivery).where(Delivery.conversation_id == identity))
            )
        messages = await self._messages(identity)
        live = [episode for episode in episodes if episode.status in LIVE]
        _somebody_is_responsible(row, live)
        _one_ring(row, live)
        _the_story_is_the_rows(row, story)
        seen = self.seen.setdefault(identity, Seen())
        assert row.epoch >= seen.epoch
        assert row.version >= seen.version
        assert [message.seq for message in messages] == list(range(1, row.last_seq + 1))
        shown = [message for message in messages if not message.internal]
        texts = [str(message.content) for message in shown]
        assert texts[: len(seen.shown)] == seen.shown  # what was said stays said
        assert row.shown_seq == (shown[-1].seq if shown else 0)
        assert not [text for text in texts if SECRET in text]
        answers = [text for m, text in zip(shown, texts, strict=True) if m.author == Author.ASSISTANT]
        assert len(answers) == len(set(answers))  # each turn answers at most once
        notes = {message.id for message in messages if message.internal}
        assert not notes & {delivery.message_id for delivery in deliveries}
        self.seen[identity] = Seen(row.version, row.epoch, texts)

    async def _messages(self, identity: str) -> list[Message]:
        query = select(Message).where(Message.conversation_id == identity).order_by(Message.seq)
        async with self.rt.db.read() as session:
            return list(await session.scalars(query))

    async def _shown(self, identity: str) -> list[str]:
        return [str(message.content) for message in await self._messages(identity) if not message.internal]

    async def _row(self, identity: str) -> Conversation:
        return (await self._stands(identity))[0]

    async def _stands(self, identity: str) -> tuple[Conversation, Handover | None]:
        async with self.rt.db.read() as session:
            row = (await session.scalars(select(Conversation).where(Conversation.id == identity))).one()
            live = select(Handover).where(Handover.conversation_id == identity, Handover.status.in_(LIVE))
            return row, await session.scalar(live)

    def refusable(self, act: Any) -> Any:
        """The result, or None when it was refused; a refusal must have changed nothing."""
        before = self.do(self._everything())
        try:
            return self.do(act)
        except Refusal as refusal:
            assert refusal.message
            assert self.do(self._everything()) == before
            return None

    async def _everything(self) -> list[Any]:
        found = []
        async with self.rt.db.read() as session:
            for table in (Conversation, Handover, Message, ControlChange):
                rows = await session.execute(select(table.__table__).order_by(table.id))
                found.append([tuple(row) for row in rows])
        return found


def _somebody_is_responsible(row: Conversation, live: list[Handover]) -> None:
    assert len(live) == (row.control in WAITING + HELD)
    if row.control in WAITING:  # in the router's reach
        assert live[0].status == HandoverStatus.WAITING
        assert row.staff_id is None
        assert live[0].ended_at is None
    elif row.control in HELD:
        assert live[0].status == HandoverStatus.ACTIVE
        assert row.staff_id is not None
        assert row.staff_id == live[0].staff_id
        assert (live[0].ended_at is None) == (row.control != Control.WRAP_UP)
        assert (live[0].wrap_up_until is None) == (row.control != Control.WRAP_UP)
        assert (live[0].hold_until is None) == (row.control != Control.ON_HOLD)
    else:
        assert row.staff_id is None
        assert row.blocked_at is None or row.control == Control.CLOSED


def _one_ring(row: Conversation, live: list[Handover]) -> None:
    for episode in live:
        transferring = bool(episode.transfer_to or episode.transfer_team_id)
        assert (episode.offered_to is None) == (episode.offered_until is None)
        assert (row.control == Control.OFFERED) <= (episode.offered_to is not None)
        assert (episode.offered_to is not None) <= (row.control == Control.OFFERED or transferring)
        assert transferring <= (row.control in (Control.HUMAN, Control.ON_HOLD))
        assert episode.transfer_to in (None, episode.offered_to)


def _the_story_is_the_rows(row: Conversation, story: list[ControlChange]) -> None:
    assert (story[-1].version if story else 1) == row.version
    at, epoch = Control.BOT.value, 1
    for change in story:
        assert change.before == at
        epoch += (at == "bot") != (change.after == "bot") or at == "closed" != change.after
        at = change.after
    assert (at, epoch) == (row.control, row.epoch)


def test_random_acts_on_real_rows(migrated_sqlite: Path) -> None:
    run_state_machine_as_test(
        lambda: Real(migrated_sqlite),
        settings=settings(
            max_examples=15,
            stateful_step_count=80,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),  # shrinking would take minutes
        ),
    )
