"""「我的服务天数」: what is confirmed of this year, and what lacks."""

from bot.conversation.content import Content, Table
from bot.mine.words import human_button, say
from bot.runtime import SHANGHAI, Runtime
from bot.talent.models import Talent
from bot.talent.service_days import REQUIRED, days_of, plain
from bot.talent.settings import setting

_SHOWN = 10


async def my_service_days(rt: Runtime, *, talent_id: str) -> Content:
    year = rt.clock.now().astimezone(SHANGHAI).year
    async with rt.db.read() as session:
        talent = await session.get_one(Talent, talent_id)
        required = await setting(session, REQUIRED)
        rows = await days_of(session, talent_id=talent_id, year=year)
    done = sum(row["days"] for row in rows if row["confirmed"])
    waiting = sum(row["days"] for row in rows if not row["confirmed"])
    lines = [say("days_done", year=year, done=plain(done))]
    if waiting:
        lines.append(say("days_waiting", days=plain(waiting)))
    if talent.serves_grassroots:
        lacks = max(0.0, required - done)
        lines.append(
            say("days_lack", required=required, lacks=plain(lacks))
            if lacks
            else say("days_met", required=required)
        )
    else:
        lines.append(say("days_not_owed"))
    table = None
    if rows:
        head = [say("days_day"), say("days_project"), say("days_days"), say("days_state")]
        cells = [
            [
                str(row["day"]),
                row["project"] or row["note"] or say("days_other"),
                plain(row["days"]),
                say("days_confirmed") if row["confirmed"] else say("days_unconfirmed"),
            ]
            for row in rows[:_SHOWN]
        ]
        table = Table(head=head, rows=cells)
    return Content(paragraphs=lines, table=table, buttons=[human_button("手续代办")])
