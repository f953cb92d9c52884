"""Window and office for a matter and a place. Nobody has to prove who they are for that."""

from bot.conversation.content import Button, Card, Content
from bot.mine.words import apply_button, human_button, say
from bot.runtime import Runtime
from bot.service.catalogue import catalogue
from bot.service.finding import find_items
from bot.service.schemas import ServiceItem
from bot.talent.directory import windows_near
from bot.talent.network_models import Window
from bot.talent.places import region_name

_SHOWN = 4
_KINDS = ("服务窗口", "服务点")


async def window_for(rt: Runtime, *, text: str, region: str | None) -> Content | None:
    """None where neither a place nor a matter is known, or nothing is recorded: the search answers then."""
    found = find_items(catalogue(rt), text, region=region)
    item = catalogue(rt).item(found[0].key) if found else None
    place = region or (item.region if item else None)
    if place is None or place == "000000":
        return None
    async with rt.db.read() as session:
        windows = await windows_near(session, region=place, item=item.key if item else None)
    if not windows and item is None:
        return None
    # Where one can go comes before where one can only click; of each, the nearest.
    windows.sort(key=lambda window: _KINDS.index(window.kind) if window.kind in _KINDS else len(_KINDS))
    return _told(rt, item, windows[:_SHOWN], place)


def _told(rt: Runtime, item: ServiceItem | None, windows: list[Window], place: str) -> Content:
    rows = [(window.name, _where(window)) for window in windows]
    if item:
        rows.append((say("window_lead"), item.lead_dept))
        rows.append((say("window_office"), item.office))
        if item.phone:
            rows.append((say("window_phone"), item.phone))
    matter = item.name if item else say("window_any")
    notes = [window.note for window in windows if window.note]
    buttons: list[Button] = apply_button(rt, item.key, region=place) if item else []
    return Content(
        paragraphs=[say("window_told", place=region_name(place), matter=matter)],
        card=Card(title=say("window_title"), rows=rows, more=[(say("window_notes"), notes)] if notes else []),
        caution=say("window_caution"),
        buttons=[*buttons, human_button("政策咨询")],
    )


def _where(window: Window) -> str:
    """What is published of it; what is not is said to be so."""
    known = [region_name(window.region), window.address, window.url, window.phone]
    told = "，".join(part for part in known if part)
    return told if window.address or window.url or window.phone else say("window_unknown", place=told)
