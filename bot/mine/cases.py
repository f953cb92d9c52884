"""「我的申请」: one's own applications with what has happened to each part."""

from bot.conversation.content import Card, Content, Table
from bot.mine.words import human_button, say
from bot.runtime import SHANGHAI, Runtime
from bot.service.case_days import last_day
from bot.service.case_following import CaseTimeline, PartTimeline, timeline_of
from bot.service.case_notices import supply_button
from bot.service.models import PartStatus

_SHOWN = 3
_MOMENTS = 12


async def my_cases(rt: Runtime, *, talent_id: str, case_no: str | None = None) -> list[Content]:
    """One message for each of the newest cases; with a number for that one, if it is theirs."""
    cases = await timeline_of(rt, talent_id=talent_id)
    if case_no:
        return [_case(one) for one in cases if one.case_no == case_no]
    if not cases:
        return [Content.say(say("no_cases"), buttons=[human_button("手续代办")])]
    shown = [_case(one) for one in cases[:_SHOWN]]
    if len(cases) > _SHOWN:
        shown[-1].paragraphs.append(say("more_cases", count=len(cases) - _SHOWN))
    shown[-1].buttons.append(human_button("手续代办"))
    return shown


def _case(case: CaseTimeline) -> Content:
    several = len(case.parts) > 1
    lines = sorted(
        (moment.at, f"{part.item_name}：" if several else "", moment.told or moment.status.value)
        for part in case.parts
        for moment in part.moments
    )
    # Two columns: a third does not fit on a phone.
    rows = [
        [f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", f"{item}{what}"] for at, item, what in lines[-_MOMENTS:]
    ]
    return Content(
        paragraphs=[line for part in case.parts for line in _waits(part)],
        card=Card(
            title=say("case_title", case_no=case.case_no),
            rows=[(part.item_name, _standing(part)) for part in case.parts],
        ),
        table=Table(head=[say("case_at"), say("case_told")], rows=rows) if rows else None,
        buttons=[
            supply_button(part.part_id, say("supply", name=part.item_name))
            for part in case.parts
            if part.status is PartStatus.SUPPLEMENT
        ],
    )


def _standing(part: PartTimeline) -> str:
    if part.status is PartStatus.REVIEW and part.level:
        return say("case_level", status=part.status, level=part.level)
    if part.status is PartStatus.PUBLICITY and part.publicity_to:
        return say("case_until", status=part.status, day=last_day(part.publicity_to))
    return part.status.value


def _waits(part: PartTimeline) -> list[str]:
    if part.status is not PartStatus.SUPPLEMENT:
        return []
    what = "、".join(one["what"] for one in part.missing)
    return [say("case_missing", name=part.item_name, what=what)] if what else []
