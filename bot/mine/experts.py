"""Experts for an employer's need: how many there are, never who; names are the specialists' to give."""

from bot.conversation.content import Button, Content
from bot.mine.words import say
from bot.runtime import Runtime
from bot.talent.experts import experts_counted
from bot.talent.places import region_name
from bot.talent.programmes import fields
from bot.text.normalise import normalise


async def experts_for_need(rt: Runtime, *, text: str, region: str | None) -> Content:
    field = field_named(text)
    human = Button(title=say("experts_human"), payload='/request_human{"category": "手续代办"}')
    if field is None:
        names = "、".join(str(one["name"]) for one in fields())
        return Content.say(say("experts_which", fields=names), buttons=[human])
    place = region or "000000"
    async with rt.db.read() as session:
        there, free = await experts_counted(session, field=field, region=place, now=rt.clock.now())
    where = region_name(place)
    if not there:
        return Content.say(say("experts_none", field=field, place=where), say("experts_how"), buttons=[human])
    told = "experts_free" if free else "experts_busy"
    return Content.say(
        say(told, field=field, place=where, there=there, free=free), say("experts_how"), buttons=[human]
    )


def field_named(text: str) -> str | None:
    """The longest word of the vocabulary that stands in the text."""
    plain = normalise(text)
    named = {str(word): str(one["name"]) for one in fields() for word in (one["name"], *one["words"])}
    found = [word for word in named if normalise(word) in plain]
    return named[max(found, key=len)] if found else None
