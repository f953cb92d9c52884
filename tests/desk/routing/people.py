"""A desk at work: teams, seats with their accounts, and talents who wait."""

import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.accounts.models import StaffAccount
from bot.accounts.permissions import Permission, Role, Staff, permissions_of, reach_of
from bot.conversation.acts import act
from bot.conversation.change import Change, StaffName
from bot.conversation.content import HandoverRequest
from bot.conversation.control import change_control
from bot.conversation.control_rules import ControlEvent
from bot.conversation.handover_models import ControlChange, Handover, HandoverStatus
from bot.conversation.log import access_conversation
from bot.conversation.models import Channel, Control, Conversation, Message
from bot.conversation.wishes import ask_for_person
from bot.desk.models import Kind, Level, Notice, Seat, SeatStatus, Team, WorkCalendar
from bot.desk.offers import taken
from bot.desk.port import Desk as Port
from bot.desk.router import Router
from bot.desk.routing import ACTIVE
from bot.desk.seats import access_seat, check_room
from bot.runtime import Runtime
from bot.store.base import new_id

OFFICE = {str(day): [["08:30", "12:00"], ["13:30", "17:30"]] for day in range(1, 6)}
_USERS = itertools.count()


def staff_of(account: StaffAccount) -> Staff:
    """The account as a request's caller."""
    return Staff(
        account.id,
        account.name,
        account.username,
        permissions_of(account.roles),
        "-",
        reach_of(account.roles, Permission.DESK_CHAT),
        account.region,
        account.team_id,
        account.work_phone,
    )


@dataclass
class Desk:
    """What tests do to a desk, on the tables of one runtime."""

    rt: Runtime

    @classmethod
    async def open(cls, rt: Runtime) -> "Desk":
        rt.parts["desk"] = Port()
        return cls(rt)

    async def route(self) -> None:
        await Router(self.rt).route_once()

    async def team(self, name: str = "综合服务组", *, region: str = "000000", **values: Any) -> str:
        async with self.rt.db.write() as session:
            calendar = await session.scalar(select(WorkCalendar))
            if calendar is None:
                now = self.rt.clock.now()
                calendar = WorkCalendar(
                    id=new_id(), name="工作日", week=OFFICE, days={}, public_holidays=True, updated_at=now
                )
                session.add(calendar)
                await session.flush()
            given: dict[str, Any] = {"categories": [], "queue_limit": 50, "active": True} | values
            team = Team(
                id=new_id(),
                name=name,
                region=region,
                calendar_id=calendar.id,
                updated_at=self.rt.clock.now(),
                **given,
            )
            session.add(team)
            return team.id

    async def seat(
        self,
        name: str,
        *,
        team: str | None,
        region: str = "000000",
        role: Role = Role.SPECIALIST,
        status: SeatStatus = SeatStatus.READY,
        **values: Any,
    ) -> Staff:
        now = self.rt.clock.now()
        account = StaffAccount(
            id=new_id(),
            username=name,
            name=f"专员 {name}",
            password_hash="-",
            roles=[role.value],
            region=region,
            team_id=team,
            active=True,
            must_change_password=False,
            created_at=now,
            updated_at=now,
        )
        given: dict[str, Any] = {"level": Level.PROVINCE, "kind": Kind.WINDOW, "capacity": 5} | values
        seat = Seat(staff_id=account.id, status=status, status_at=now, seen_at=now, **given)
        async with self.rt.db.write() as session:
            session.add(account)
            await session.flush()
            session.add(seat)
        return staff_of(account)

    async def beat(self, *people: Staff) -> None:
        """Their pages show themselves."""
        async with self.rt.db.write() as session:
            for one in people:
                (await access_seat(session, staff_id=one.id)).seen_at = self.rt.clock.now()

    async def set(self, staff: Staff, **values: Any) -> None:
        async with self.rt.db.write() as session:
            seat = await access_seat(session, staff_id=staff.id)
            for key, value in values.items():
                setattr(seat, key, value)

    async def talent(
        self, *, region: str | None = None, category: str = "政策咨询", slots: dict[str, Any] | None = None
    ) -> str:
        """Somebody who asks for a person; the id of the conversation."""
        now = self.rt.clock.now()
        conversation = Conversation(
            id=new_id(),
            channel=Channel.WEB,
            account="web",
            external_user=f"t{next(_USERS)}",
            region=region,
            engine_state={"slots": slots} if slots else None,
            control=Control.BOT,
            version=1,
            epoch=1,
            last_seq=0,
            shown_seq=0,
            talent_seen_seq=0,
            staff_seen_seq=0,
            created_at=now,
            updated_at=now,
        )
        async with self.rt.db.write() as session:
            session.add(conversation)
        await self.ask_again(conversation.id, category)
        return conversation.id

    async def talent_refused(self) -> Conversation:
        """Somebody who asks and is not queued."""
        conversation_id = await self.talent()
        async with self.rt.db.read() as session:
            assert (
                await session.scalars(select(Handover).where(Handover.conversation_id == conversation_id))
            ).first() is None
            return await access_conversation(session, conversation_id=conversation_id)

    async def ask_again(self, conversation_id: str, category: str = "政策咨询") -> None:
        async with self.rt.db.write() as session:
            at = await access_conversation(session, conversation_id=conversation_id, lock=True)
            request = HandoverRequest.model_validate({"reason": "requested", "category": category})
            await ask_for_person(session, self.rt, conversation=at, request=request)

    async def talents(self, count: int, *, team: str | None = None) -> list[str]:
        """Many who wait, straight into the tables."""
        now = self.rt.clock.now()
        ids = [new_id() for _ in range(count)]
        async with self.rt.db.write() as session:
            for conversation_id in ids:
                session.add(
                    Conversation(
                        id=conversation_id,
                        channel=Channel.WEB,
                        account="web",
                        external_user=f"t{next(_USERS)}",
                        control=Control.QUEUED,
                        version=2,
                        epoch=2,
                        last_seq=0,
                        shown_seq=0,
                        created_at=now,
                        updated_at=now,
                    )
                )
            await session.flush()
            for index, conversation_id in enumerate(ids):
                waits_since = now - timedelta(seconds=count - index)
                session.add(
                    Handover(
                        conversation_id=conversation_id,
                        status=HandoverStatus.WAITING,
                        reason="requested",
                        category="政策咨询",
                        packet={},
                        team_id=team,
                        passed_by=[],
                        labels=[],
                        requested_at=waits_since,
                        queued_at=waits_since,
                    )
                )
        return ids

    async def do(
        self, conversation_id: str, event: ControlEvent, *, by: Staff | None = None, **values: Any
    ) -> None:
        """One control event as the desk's routes apply it; accepting and picking with what follows."""
        who = StaffName(by.id, by.name) if by else None
        change = Change(event, by=who, **values)
        async with self.rt.db.write() as session:
            at = await access_conversation(session, conversation_id=conversation_id, lock=True)
            if event == ControlEvent.PICK and by:
                await check_room(session, staff_id=by.id, more=ACTIVE)
            if event in (ControlEvent.TALENT_MESSAGE, ControlEvent.CANCEL):
                await change_control(session, self.rt, conversation=at, change=change)
            else:
                await act(session, self.rt, conversation_id=conversation_id, change=change)
            if event in (ControlEvent.PICK, ControlEvent.ACCEPT, ControlEvent.TAKE_OVER) and by:
                await taken(session, self.rt, conversation=at, staff_id=by.id)

    async def reply(self, conversation_id: str) -> None:
        """The holder's first words."""
        async with self.rt.db.write() as session:
            handover = await self._episode(session, conversation_id)
            now = self.rt.clock.now()
            handover.replied_at, handover.first_reply_at = now, handover.first_reply_at or now

    async def at(self, conversation_id: str) -> tuple[Conversation, Handover]:
        async with self.rt.db.read() as session:
            conversation = await access_conversation(session, conversation_id=conversation_id)
            return conversation, await self._episode(session, conversation_id)

    async def rings_at(self, conversation_id: str) -> str | None:
        conversation, handover = await self.at(conversation_id)
        assert (conversation.control == Control.OFFERED) == (handover.offered_to is not None)
        return handover.offered_to

    async def seat_of(self, staff: Staff) -> Seat:
        async with self.rt.db.read() as session:
            return await session.get_one(Seat, staff.id)

    async def notices(self, staff: Staff) -> list[str]:
        async with self.rt.db.read() as session:
            query = select(Notice.kind).where(Notice.staff_id == staff.id).order_by(Notice.created_at)
            return list(await session.scalars(query))

    async def changes(self, conversation_id: str) -> list[tuple[str, str | None]]:
        """Events and their reasons, in order."""
        async with self.rt.db.read() as session:
            query = (
                select(ControlChange.event, ControlChange.why)
                .where(ControlChange.conversation_id == conversation_id)
                .order_by(ControlChange.version, ControlChange.id)
            )
            return [(event, why) for event, why in await session.execute(query)]

    async def steps(self, conversation_id: str) -> list[tuple[ControlEvent, Control, Control, int]]:
        """The whole log of control: event, before, after, version."""
        async with self.rt.db.read() as session:
            query = select(ControlChange).where(ControlChange.conversation_id == conversation_id)
            rows = await session.scalars(query.order_by(ControlChange.version))
            return [
                (ControlEvent(row.event), Control(row.before), Control(row.after), row.version)
                for row in rows
            ]

    async def told(self, conversation_id: str) -> str:
        """Everything the talent sees."""
        async with self.rt.db.read() as session:
            query = (
                select(Message.content)
                .where(Message.conversation_id == conversation_id, Message.internal.is_(False))
                .order_by(Message.seq)
            )
            return "\n".join("\n".join(content["paragraphs"]) for content in await session.scalars(query))

    @staticmethod
    async def _episode(session: Any, conversation_id: str) -> Handover:
        query = select(Handover).where(Handover.conversation_id == conversation_id)
        found: Handover = (
            await session.scalars(query.order_by(Handover.requested_at.desc(), Handover.id.desc()).limit(1))
        ).one()
        return found
