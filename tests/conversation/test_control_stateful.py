"""Control under thousands of random events: the table over plain rows, without a database."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.conversation.control_rules import TABLE, ControlEvent, Effect, Situation, decide
from bot.conversation.handover_models import HandoverStatus
from bot.conversation.models import Control
from bot.errors import Refusal
from tests.conversation.control_events import BY_STAFF, ENDING, HELD, WAITING

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
STAFF = ("lin", "zhou", "sun", "zhao")
TALENTS = 2
RING_S, WRAP_UP_S = 30, 300
BY_TALENT = (
    ControlEvent.TALENT_MESSAGE,
    ControlEvent.TALENT_MESSAGE,
    ControlEvent.REQUEST_HUMAN,
    ControlEvent.REQUEST_HUMAN,
    ControlEvent.REQUEST_HUMAN,
    ControlEvent.LEAVE_TICKET,
    ControlEvent.CANCEL,
)


@dataclass
class Episode:
    status: HandoverStatus = HandoverStatus.WAITING
    staff: str | None = None
    priority: int = 0
    held: bool = False
    wrap_up_until: datetime | None = None


@dataclass
class Row:
    """A conversation and its open episode, kept by the effects alone."""

    at: Situation = field(default_factory=lambda: Situation(Control.BOT))
    epoch: int = 1
    version: int = 1
    episodes: list[Episode] = field(default_factory=list)
    running: list[int] = field(default_factory=list)  # epochs of turns that have not answered yet
    fences: int = 1  # how often the assistant was left or entered
    seen: tuple[int, int] = (1, 1)  # epoch and version after the step before

    @property
    def live(self) -> list[Episode]:
        return [e for e in self.episodes if e.status in (HandoverStatus.WAITING, HandoverStatus.ACTIVE)]


class Table(RuleBasedStateMachine):
    """Effects are carried out as their names say; what must never be is looked for after each step."""

    @initialize(seed=st.integers(0, 2**32 - 1))
    def begin(self, seed: int) -> None:
        # Drawn step by step, hypothesis would choose the same few acts again and again.
        self.chance = Random(seed)
        self.now = NOW
        self.rows = [Row() for _ in range(TALENTS)]

    def apply(
        self,
        talent: int,
        event: ControlEvent,
        by: str | None = None,
        target: str | None = None,
    ) -> bool:
        row = self.rows[talent]
        before = replace(row.at)
        try:
            step = decide(row.at, event, now=self.now, by=by)
        except Refusal:
            assert row.at == before
            return False
        if step.effects or step.control != before.control:
            row.version += 1
        row.epoch += Effect.RAISE_EPOCH in step.effects
        if (before.control == Control.BOT) != (step.control == Control.BOT):
            row.fences += 1
        if Effect.OPEN_HANDOVER in step.effects:
            row.episodes.append(Episode())
        if Effect.OPEN_TICKET in step.effects:
            row.episodes.append(Episode(HandoverStatus.TICKETED))
        changes: dict[str, object] = {"control": step.control}
        for effect in step.effects:
            match effect:
                case Effect.RING:
                    changes |= {"offered_to": target, "offered_until": self.now + timedelta(seconds=RING_S)}
                case Effect.STOP_RING:
                    changes |= {"offered_to": None, "offered_until": None}
                case Effect.PROPOSE:
                    changes["transferring"] = True
                    if target:
                        due = self.now + timedelta(seconds=RING_S)
                        changes |= {"offered_to": target, "offered_until": due}
                case Effect.DROP_PROPOSAL:
                    changes["transferring"] = False
                case Effect.TAKE:
                    changes["staff_id"] = row.live[0].staff = by
                    row.live[0].status = HandoverStatus.ACTIVE
                case Effect.FRONT:
                    changes["staff_id"] = None
                    row.live[0].status, row.live[0].priority = HandoverStatus.WAITING, 1
                case Effect.HOLD:
                    row.live[0].held = True
                case Effect.WAKE:
                    row.live[0].held = False
                case Effect.WRAP_UP:
                    row.live[0].wrap_up_until = self.now + timedelta(seconds=WRAP_UP_S)
                case Effect.REOPEN:
                    row.live[0].wrap_up_until = None
                case Effect.MAKE_TICKET:
                    row.live[0].status = HandoverStatus.TICKETED
                case Effect.END_HANDOVER:
                    assert step.handover
                    changes["staff_id"] = None
                    row.live[0].status = step.handover
                case Effect.RUN_TURN:
                    row.running.append(row.epoch)
        row.at = replace(row.at, **changes)  # type: ignore[arg-type]
        return True

    @rule()
    def something_happens(self) -> None:
        chance = self.chance
        acts = (
            (self.talent_acts, 3),
            (self.router_acts, 5),
            (self.anybody_tries_anything, 2),
            (self.who_may_does, 8),
            (self.assistant_answers, 2),
            (self.time_passes, 2),
        )
        act = chance.choices([act for act, _ in acts], [weight for _, weight in acts])[0]
        act(chance, chance.randrange(TALENTS))

    def talent_acts(self, chance: Random, talent: int) -> None:
        self.apply(talent, chance.choice(BY_TALENT))

    def router_acts(self, chance: Random, talent: int) -> None:
        at = self.rows[talent].at
        target = chance.choice([name for name in STAFF if name != at.staff_id])
        event = chance.choice(
            (ControlEvent.OFFER, ControlEvent.OFFER, ControlEvent.EXPIRE, ControlEvent.REQUEUE)
        )
        self.apply(talent, event, target=target)

    def anybody_tries_anything(self, chance: Random, talent: int) -> None:
        by = chance.choice(STAFF)
        target = chance.choice([None, *(name for name in STAFF if name != by)])
        self.apply(talent, chance.choice(BY_STAFF), by=by, target=target)

    def who_may_does(self, chance: Random, talent: int) -> None:
        """Something the table allows, by whoever may, so that long talks happen too."""
        at = self.rows[talent].at
        legal = [event for state, event in TABLE if state == at.control and event in BY_STAFF]
        if not legal:
            return
        event = chance.choice(legal)
        if event in ENDING and chance.random() < 0.7:
            return  # talks last
        by = at.staff_id
        if event in (ControlEvent.ACCEPT, ControlEvent.DECLINE):
            by = at.offered_to
        elif event in (ControlEvent.PICK, ControlEvent.TAKE_OVER, ControlEvent.BLOCK):
            by = chance.choice(STAFF)
        target = chance.choice([None, *(name for name in STAFF if name not in (by, at.staff_id))])
        self.apply(talent, event, by=by, target=target)

    def time_passes(self, chance: Random, _talent: int) -> None:
        self.now += timedelta(seconds=chance.choice((1, RING_S, WRAP_UP_S)))
        for talent, row in enumerate(self.rows):
            until = row.live[0].wrap_up_until if row.live else None
            if row.at.control == Control.WRAP_UP and until and until <= self.now:
                assert self.apply(talent, ControlEvent.FINISH)

    def assistant_answers(self, _chance: Random, talent: int) -> None:
        """A turn's answer goes to the talent only by the fence: control and epoch are still its own."""
        row = self.rows[talent]
        if not row.running:
            return
        epoch = row.running.pop(0)
        if row.at.control == Control.BOT and epoch == row.epoch:
            assert not row.live  # no person has to do with the talent

    # --- what must hold after each

    @invariant()
    def somebody_is_responsible(self) -> None:
        for row in self.rows:
            control = row.at.control
            statuses = [episode.status for episode in row.live]
            if control in WAITING:
                assert statuses == [HandoverStatus.WAITING]  # the router finds it
                assert row.at.staff_id is None
            elif control in HELD:
                assert statuses == [HandoverStatus.ACTIVE]
                assert row.at.staff_id is not None
                assert row.live[0].staff == row.at.staff_id
            else:  # the assistant answers, or the next word wakes it
                assert statuses == []
                assert row.at.staff_id is None

    @invariant()
    def what_rings_rings_once_and_ends(self) -> None:
        for row in self.rows:
            at = row.at
            assert (at.offered_to is None) == (at.offered_until is None)
            assert at.control != Control.OFFERED or at.offered_to
            assert not at.offered_to or at.control == Control.OFFERED or at.transferring
            assert not at.transferring or at.control in (Control.HUMAN, Control.ON_HOLD)
            if row.live:
                assert (row.live[0].wrap_up_until is not None) == (at.control == Control.WRAP_UP)
                assert row.live[0].held == (at.control == Control.ON_HOLD)

    @invariant()
    def fences_only_rise(self) -> None:
        for row in self.rows:
            epoch, version = row.seen
            assert row.epoch >= max(epoch, row.fences)
            assert row.version >= version
            assert row.version - version >= row.epoch - epoch
            row.seen = (row.epoch, row.version)

    @invariant()
    def a_turn_begun_in_an_earlier_time_of_the_assistant_cannot_answer(self) -> None:
        for row in self.rows:
            assert all(epoch <= row.epoch for epoch in row.running)
            if row.at.control not in (Control.BOT, Control.CLOSED):
                assert all(epoch < row.epoch for epoch in row.running)


TestTable = Table.TestCase
TestTable.settings = settings(max_examples=300, stateful_step_count=80, deadline=None)
