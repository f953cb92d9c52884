"""责任专员: exactly one for a talent, and the same one in every chat bound to the talent.

Whatever changes an assignment locks the talent's row first and chats afterwards, so that two changes
never wait for each other in a circle. Who holds a chat already (`on_first_talk`) must not wait for it.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.models import Conversation
from bot.desk.chat_specialist import candidates, put_specialist
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent.changes import note_change
from bot.talent.choosing import Need, choose_specialist
from bot.talent.models import Assignment, Talent

CHOSEN, TAKEN_OVER, FIRST_TALK = "按规则分配", "随身份验证接续", "首次接待"


async def lock_talent(session: AsyncSession, *, talent_id: str) -> None:
    """Before a chat is locked in order to bind it or to change its specialist."""
    await session.execute(_locked(talent_id))


async def lock_free_talent(session: AsyncSession, *, talent_id: str) -> bool:
    """For whoever holds a chat already and therefore must not wait; False while somebody else has it."""
    return await session.scalar(_locked(talent_id, wait=False)) is not None


async def specialist_of(session: AsyncSession, *, talent_id: str) -> str | None:
    return await session.scalar(select(Assignment.staff_id).where(Assignment.talent_id == talent_id))


async def assign(
    session: AsyncSession, rt: Runtime, *, talent_id: str, staff_id: str | None, by: str | None, why: str
) -> bool:
    """The talent's specialist from now on, in every bound chat too. False when it is that person already.

    `staff_id` None takes the specialist away, which only the leaving of a colleague does.
    """
    if not why.strip():
        raise Refusal("no_reason", "请写明更换责任专员的原因。", status=422)
    if await session.scalar(_locked(talent_id)) is None:
        raise Refusal("not_found", "没有找到这位人才，请刷新列表后重试。", status=404)
    changed = await _write(session, rt, talent_id=talent_id, staff_id=staff_id, by=by, why=why.strip())
    bound = select(Conversation).where(Conversation.talent_id == talent_id).order_by(Conversation.id)
    for conversation in await session.scalars(bound.with_for_update()):
        await put_specialist(session, rt, conversation=conversation, after=staff_id, by=by, why=why.strip())
    return changed


async def assign_new(session: AsyncSession, rt: Runtime, *, talent: Talent) -> str | None:
    """For a record just made: whoever fits best, or nobody while the desk has no seats for the place."""
    chosen = await _chosen(session, talent)
    if chosen is not None:
        await _write(session, rt, talent_id=talent.id, staff_id=chosen, by=None, why=CHOSEN)
    return chosen


async def assign_all(session: AsyncSession, rt: Runtime, *, talents: Iterable[Talent]) -> int:
    """`assign_new` for many at once."""
    people, load, given = await candidates(session), await load_of(session), 0
    for talent in talents:
        chosen = choose_specialist(need_of(talent), people, load)
        if chosen is None:
            continue
        session.add(Assignment(talent_id=talent.id, staff_id=chosen.staff_id, since=rt.clock.now()))
        detail = {"before": None, "after": chosen.staff_id}
        note_change(session, rt, talent_id=talent.id, kind="specialist", detail=detail, by=None, why=CHOSEN)
        load[chosen.staff_id] = load.get(chosen.staff_id, 0) + 1
        given += 1
    return given


async def on_bound(session: AsyncSession, rt: Runtime, *, conversation: Conversation, talent_id: str) -> None:
    """A chat has just been bound to a talent, whose row the caller locked before the chat.

    The talent's specialist is taken over; one without gets the chat's, else one is chosen.
    """
    talent = await session.scalar(_locked(talent_id))
    if talent is None:
        raise Refusal("not_found", "没有找到这位人才，请刷新列表后重试。", status=404)
    own = await specialist_of(session, talent_id=talent_id)
    if own is None:
        own, why = conversation.specialist_id, TAKEN_OVER
        if own is None:
            own, why = await _chosen(session, talent), CHOSEN
        if own is None:
            return
        await assign(session, rt, talent_id=talent_id, staff_id=own, by=None, why=why)
    await put_specialist(session, rt, conversation=conversation, after=own, by=None, why=TAKEN_OVER)


async def on_first_talk(
    session: AsyncSession, rt: Runtime, *, conversation: Conversation, staff_id: str
) -> bool:
    """Somebody took a bound chat that names no specialist. The chat is locked, so the talent is not
    waited for: whoever has it locked is about to write this chat's specialist anyway."""
    talent_id = conversation.talent_id
    if talent_id is None or not await lock_free_talent(session, talent_id=talent_id):
        return False
    own = await specialist_of(session, talent_id=talent_id)
    if own is None:
        own = staff_id
        await _write(session, rt, talent_id=talent_id, staff_id=own, by=None, why=FIRST_TALK)
    return await put_specialist(session, rt, conversation=conversation, after=own, by=None, why=FIRST_TALK)


async def replace_left(rt: Runtime, *, staff_ids: Collection[str], why: str) -> int:
    """Talents of colleagues who left get another specialist, or none where nobody answers for the place."""
    theirs = select(Assignment.talent_id).where(Assignment.staff_id.in_(staff_ids))
    async with rt.db.read() as session:
        talent_ids = list(await session.scalars(theirs.order_by(Assignment.talent_id)))
    for talent_id in talent_ids:
        async with rt.db.write() as session:
            talent = await session.scalar(_locked(talent_id))
            if talent is None or await specialist_of(session, talent_id=talent_id) not in staff_ids:
                continue
            chosen = await _chosen(session, talent)
            await assign(session, rt, talent_id=talent_id, staff_id=chosen, by=None, why=why)
    return len(talent_ids)


async def load_of(session: AsyncSession) -> dict[str, int]:
    """How many talents each specialist has."""
    query = select(Assignment.staff_id, func.count()).group_by(Assignment.staff_id)
    return {staff_id: count for staff_id, count in await session.execute(query)}


def need_of(talent: Talent) -> Need:
    topics = {*talent.fields, *talent.honours, *([talent.industry] if talent.industry else [])}
    return Need(talent.region, talent.nationality, frozenset(topics))


async def _chosen(session: AsyncSession, talent: Talent) -> str | None:
    found = choose_specialist(need_of(talent), await candidates(session), await load_of(session))
    return found.staff_id if found else None


async def _write(
    session: AsyncSession, rt: Runtime, *, talent_id: str, staff_id: str | None, by: str | None, why: str
) -> bool:
    row = await session.get(Assignment, talent_id, populate_existing=True)
    before = row.staff_id if row else None
    if before == staff_id:
        return False
    if staff_id is None:
        await session.delete(row)
    elif row is None:
        session.add(Assignment(talent_id=talent_id, staff_id=staff_id, since=rt.clock.now()))
    else:
        row.staff_id, row.since = staff_id, rt.clock.now()
    detail = {"before": before, "after": staff_id}
    note_change(session, rt, talent_id=talent_id, kind="specialist", detail=detail, by=by, why=why)
    await session.flush()
    return True


def _locked(talent_id: str, *, wait: bool = True) -> Select[Talent]:
    # Rows that refer to the talent may still be added by others meanwhile.
    return select(Talent).where(Talent.id == talent_id).with_for_update(key_share=True, skip_locked=not wait)
