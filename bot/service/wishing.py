"""Whether somebody plainly wants something done: 「我想给孩子转学」, 「孩子上学和购房补助一起办」.

Items are known by their names and phrasings, so a new item is understood without training.
"""

import re

from bot.runtime import Runtime
from bot.service.answers import asks_something
from bot.service.catalogue import Catalogue, catalogue
from bot.service.finding import Match, find_items
from bot.text.pinyin import read_everyday

_WISHES = re.compile(
    r"(?:我|我们|咱们?)?(?:想|要|需要|打算|准备|得|来)(?:要|给|帮|替|为|去|把|在|申|办|报|领|续|转|预|登|提)"
    r"|帮(?:我|忙)|给(?:我|孩子|小孩|[大小]?娃|儿子|女儿|闺女|爱人|配偶|老公|老婆|家属).{0,4}(?:办|申|报|转)|请.{0,3}(?:办|申)"
    r"|^(?:申请|申领|申报|办理|办|报名|预约|登记|续办|继续申领)|一起(?:办|申)|同时(?:办|申)|一并(?:办|申)"
)
_NOT_NOW = re.compile(r"不想|不要|不办|不申请|取消|撤回|撤销|进度|到哪|结果|了解|咨询|问一?下|打听|听说")
_LONGEST = 60


def wishes_to_apply(rt: Runtime, text: str, *, region: str | None) -> bool:
    """Told to the engine with the turn, whose classifier knows no items."""
    return "service" in rt.parts and bool(wished(catalogue(rt), text, region=region))


def wished(offered: Catalogue, text: str, *, region: str | None) -> list[Match]:
    """The items somebody asks to have done; nothing where they only ask about them."""
    text = read_everyday(text)
    if len(text) > _LONGEST or not _WISHES.search(text) or _NOT_NOW.search(text) or asks_something(text):
        return []
    return find_items(offered, text, region=region)
