"""Whether a message asks what came of the talk with a person. Pure."""

import re

from bot.text.normalise import normalise

_PERSON = r"(?:专员|人工|工作人员|客服|真人|老师)"
_ABOUT = re.compile(
    rf"{_PERSON}.{{0,8}}(?:说|讲|答复|回复|告诉|交代|核实|处理|定).{{0,10}}(?:什么|啥|结果|结论|怎么样|怎样|哪些|怎么说|意思)"
    rf"|{_PERSON}.{{0,4}}(?:怎么|咋|如何)(?:说|讲|答复|回复|处理|定)"
    rf"|{_PERSON}(?:的|给的|那边的?)?(?:处理|办理|核实|答复|回复)?(?:结果|结论|答复|回复|意见)"
    r"|(?:刚才|刚刚|上次|之前|前面)(?:的|那个)?(?:处理|办理|核实|沟通|咨询|回电|人工)?(?:的)?(?:结果|结论)"
    r"|(?:回电|电话)(?:的)?结果"
)
_NEXT = re.compile(
    r"(?:那|那么|所以|嗯|好|好的)?我?(?:接下来|接着|然后|之后|下一步|后面|后续)(?:我|该|要|应该|需要|还要|还)*"
    r"(?:怎么办|怎么做|怎么弄|做什么|做啥|干什么|干嘛|是什么|怎么走|办什么)?(?:呢|啊|呀|吗)?"
    r"|(?:那|那么|所以)?(?:处理|办理)?(?:的)?(?:结果|结论)(?:呢|是什么|是啥|怎么样|出来了吗|如何)?"
)
_GREETING = re.compile(r"[,。!?~… ]+")
_LONGEST = 40  # characters
_LONGEST_NEXT = 16


def asks_outcome(text: str, *, fresh: bool) -> bool:
    """`fresh`: the talk with a person has only just ended, so that 「那接下来呢」 means it."""
    plain = _GREETING.sub("", normalise(text))
    if len(plain) > _LONGEST:
        return False
    if _ABOUT.search(plain):
        return True
    return fresh and len(plain) <= _LONGEST_NEXT and _NEXT.fullmatch(plain) is not None


def asks_what_next(text: str) -> bool:
    """「那接下来呢」, as opposed to the result."""
    return re.search(r"接下来|接着|然后|之后|下一步|后面|后续", text) is not None
