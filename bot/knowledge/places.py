"""Where people say they are. Pure."""

import re
from dataclasses import dataclass

from bot.text.lexicon import Lexicon
from bot.text.normalise import normalise, strip_fillers

_STOP = re.compile(r"(?<=[,。;!?~… ])")
_LEFT = re.compile(r"不(?:是)?在|没在|不是|离开|搬离|离职|以前|之前|原来|过去|不住|不看|不要|不问")
_IS_THERE = re.compile(
    r"(?:(?:我|我们|本人|俺|咱|人|现在|目前|单位|公司|家)[^,。;!?]{0,6}(?:在|是|住|搬到?|搬去|来到|来了|到了|回到|调到|去了|落户)"
    r"|(?:^|[,。;!])(?:现在|目前)?在)$"
)
# 「我是山东大学的」 says no place.
_ENDS_THERE = re.compile(r"^(?:的?(?:[,。;!?~…]|$)|工作|上班|这边|那边|[市区县人]|生活|的)")
_MOVED = re.compile(r"(?:换成|换到|切换到|改成|改为|换|选)$")
# All that may stand around a place in a message that says only where somebody is.
_AROUND = re.compile(
    r"我们?|本人|俺|咱们?|人|现在|目前|如今|已经|刚刚?|就|都|在|是|住|搬|到|来|去|回|调|换|成|为|了|的|这边|那边|这里|那里|这儿"
    r"|地区|城市|城|市|省|区|县|工作|上班|生活|上学|单位|公司|家|老家|户口|户籍|落户|发展|干活|打工|就业"
    r"|切|改|选择?|看|想|要|帮|给|按|政策|你|您|哈|啊|哦|呀|嗯|好|吧|[,。.!~…:、;? ]"
)
_ASKS_ON = re.compile(r"^那|呢[。?!~…]*$")
# 「不对我搬青岛了」: a correction, and then what is right.
_CORRECTS = re.compile(r"^(?:(?:不对|错了|(?:说|搞|弄)错了?)[啊呀哦吧]*|不是的?(?=[,。!~… ]))[,。!~… ]*")
_NO_PLACE = re.compile(
    r"(?:我)?(?:想)?(?:要)?(?:切换|换|改|选|更换|选择|修改)(?:一?个|一下|下)?(?:城市|地区|地方|区域|地点)(?:吧|看看)?"
)


@dataclass(frozen=True)
class PlaceSaid:
    code: str | None  # the place that holds from now on
    only: bool  # nothing else was said
    question: str  # the message without the places somebody has left


def place_said(text: str, *, lexicon: Lexicon) -> PlaceSaid:
    """「我在青岛」, 「我不在济南了，现在在烟台」; a place merely named in a question is not where one is."""
    spoken = _CORRECTS.sub("", normalise(text))
    clauses = [clause for clause in _STOP.split(spoken) if clause]
    left = [c for c in clauses if _LEFT.search(c) and lexicon.find(c) and len(clauses) > 1]
    kept = "".join(clause for clause in clauses if clause not in left)
    named = [m for m in lexicon.find(kept) if m.label == "region"]
    if not named:
        return PlaceSaid(None, False, kept if left else text)
    asks_on = bool(_ASKS_ON.search(kept)) and "我" not in kept
    rest = strip_fillers(kept)
    for mention in named:
        rest = rest.replace(mention.text, "")
    only = not _AROUND.sub("", rest) and not asks_on
    # The last place is the nearest to now: 「我是临沂的，现在在青岛」.
    here = [
        m
        for m in named
        if (_IS_THERE.search(kept[: m.start]) or _MOVED.search(kept[: m.start]))
        and _ENDS_THERE.match(kept[m.end :])
    ]
    if _LEFT.search(kept):
        return PlaceSaid(None, False, text)
    if only:
        return PlaceSaid(named[-1].value, True, kept)
    return PlaceSaid(here[-1].value if here and not asks_on else None, False, kept if left else text)


def wants_other_place(text: str) -> bool:
    """「换个城市」, without saying which."""
    return bool(_NO_PLACE.fullmatch(strip_fillers(normalise(text)).strip("。!?~… ")))
