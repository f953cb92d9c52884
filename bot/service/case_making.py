"""建件: an application staff or an employer make for somebody, checked by the same items."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from bot.accounts.permissions import Permission, Staff
from bot.conversation.chat_access import access_chat
from bot.conversation.scope import Scope
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service.case_person import check_same_person
from bot.service.case_scope import unit_answers, visible
from bot.service.case_values import check_values
from bot.service.case_work import check_may, note, wake
from bot.service.catalogue import catalogue
from bot.service.filled import Answers
from bot.service.models import Applicant, Application, ApplicationPart
from bot.service.submission import Submitter, keyed_hash, store
from bot.talent.service import access_talent


class Faulty(Refusal):
    """What has to be mended, all at once: `fields` is `{"item.key": words}`."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("invalid_values", "有几项需要核对，请按提示修改后再提交。", status=422)
        self.more = {"fields": fields}


@dataclass(frozen=True)
class Made:
    case_no: str
    code: str
    part_ids: list[str]


def check_items(rt: Runtime, given: list[tuple[str, dict[str, str]]]) -> list[Answers]:
    """(item, raw values) each checked by the item as it is offered now; every fault at once."""
    answers: list[Answers] = []
    faults: dict[str, str] = {}
    for key, values in given:
        item = catalogue(rt).item(key)
        if item is None or "+" in key:
            raise Refusal("unknown_item", "这个事项暂时不办理，请刷新后重新选择。", status=404)
        checked = check_values(item=item, values=values)
        faults |= {f"{key}.{field}": words for field, words in checked.faults.items()}
        answers.append(Answers(item, checked.values))
    if faults:
        raise Faulty(faults)
    if not answers or len({one.item.key for one in answers}) != len(answers):
        raise Refusal("items_twice", "请选择事项，同一个事项一次只能申请一件。", status=422)
    return answers


async def make(
    rt: Runtime,
    *,
    staff: Staff,
    request_id: str,
    items: list[tuple[str, dict[str, str]]],
    talent_id: str | None = None,
    conversation_id: str | None = None,
) -> Made:
    """By the front desk, for who stands there or whose chat it is. The same request makes one."""
    check_may(staff, Permission.CASE_INTAKE)
    answers = check_items(rt, items)
    submitter = Submitter(applicant=Applicant.SPECIALIST, staff_id=staff.id)
    async with rt.db.read() as session:
        if conversation_id:
            scope = Scope(staff.id, staff.reach, staff.team_id, staff.region)
            chat = (await access_chat(session, conversation_id=conversation_id, scope=scope)).conversation
            if talent_id and chat.talent_id not in (None, talent_id):
                raise Refusal("other_person", "这个会话属于另一位人才，请核对。", status=409)
            submitter = replace(submitter, conversation_id=chat.id)
            talent_id = talent_id or chat.talent_id
        if talent_id:
            talent = await access_talent(session, talent_id=talent_id, staff=staff)
            check_same_person(rt, talent=talent, given=answers)
            submitter = replace(submitter, talent_id=talent.id)
            # An application must not wait for an employer where nobody can approve it.
            if talent.employer_id and await unit_answers(session, employer_id=talent.employer_id):
                submitter = replace(submitter, employer_id=talent.employer_id)
    made = await store(
        rt,
        request_id=keyed_hash(rt, f"make:{staff.id}:{request_id}")[:32],
        submitter=submitter,
        answers=answers,
    )
    async with rt.db.write() as session:
        parts = await session.scalars(
            select(ApplicationPart.id)
            .join(Application, Application.id == ApplicationPart.application_id)
            .where(Application.case_no == made.case_no, visible(staff))
            .order_by(ApplicationPart.position)
        )
        ids = list(parts)
        await note(
            session, rt, staff=staff, deed="make", subject=made.case_no, once_key=f"make:{made.case_no}"
        )
    wake(rt, [])
    return Made(made.case_no, made.code, ids)


def items_offered(rt: Runtime) -> list[dict[str, Any]]:
    return [
        {"key": item.key, "name": item.name, "category": item.category, "place": item.place}
        for item in sorted(catalogue(rt).offered, key=lambda item: (item.category, item.name))
    ]


def item_form(rt: Runtime, *, key: str) -> dict[str, Any]:
    """What the page asks to fill the item in."""
    item = catalogue(rt).item(key)
    if item is None:
        raise Refusal("unknown_item", "这个事项暂时不办理，请刷新后重新选择。", status=404)
    wanted = {"key", "name", "place", "region", "caution", "questions", "fields", "materials"}
    return item.model_dump(mode="json", include=wanted)


def made_view(made: Made) -> dict[str, Any]:
    return {"case_no": made.case_no, "code": made.code, "parts": made.part_ids}
