"""好差评 of an application: once, after its last part has ended; a low one is followed up."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation import vault
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.case_days import end_of_workdays
from bot.service.case_scope import Person, belongs
from bot.service.case_tasks import LOW_RATING, add_task
from bot.service.models import Application, ApplicationPart

LOW = 2  # and below: the lead follows up
MAX_COMMENT = 500  # characters


async def rate(
    session: AsyncSession,
    rt: Runtime,
    *,
    application_id: str,
    person: Person,
    score: int,
    comment: str | None = None,
) -> bool:
    """In the caller's transaction; whether somebody will look into it."""
    if not 1 <= score <= 5:
        raise Refusal("bad_score", "请选择 1 到 5 分。", status=422)
    if comment and len(comment) > MAX_COMMENT:
        raise Refusal("text_too_long", f"评价最多 {MAX_COMMENT} 个字，请写短一些。", status=413)
    application = await session.get(Application, application_id)
    if application is None or not await belongs(session, rt, application=application, person=person):
        raise Refusal("no_such_case", "没有找到这件申请，暂时不能评价。", status=404)
    if application.closed_at is None:
        raise Refusal("not_closed", "这件申请还在办理，办完后再请您评价。", status=409)
    # Locked only once it is closed: whoever still works on it locks it before the chat the caller holds.
    await session.refresh(application, with_for_update=True)
    if application.rating is not None:
        raise Refusal("rated_already", "您已经评价过这件申请，谢谢您。", status=409)
    now = rt.clock.now()
    if comment and person.conversation_id:
        comment = await vault.mask_known(session, rt, conversation_id=person.conversation_id, text=comment)
    application.rating, application.rated_at = score, now
    application.rating_comment = comment or None
    if score > LOW:
        return False
    part = await session.scalar(
        select(ApplicationPart)
        .where(ApplicationPart.application_id == application.id)
        .order_by(ApplicationPart.position)
        .limit(1)
    )
    if part is not None:
        await add_task(
            session,
            rt,
            once_key=f"{LOW_RATING}:{application.id}",
            kind=LOW_RATING,
            application=application,
            part=part,
            staff_id=None,
            due_at=end_of_workdays(now, days=1),
        )
    return True
