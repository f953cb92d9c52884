"""Files are read and cleaned in a child process with limits: a hostile one can only end its own child."""

from bot.child import ask_child
from bot.knowledge.documents.extract import Format, Unreadable
from bot.knowledge.documents.reading import Draft
from bot.runtime import Runtime


async def read_safely(rt: Runtime, data: bytes) -> Draft:
    """Raises Unreadable, also when the child died."""
    answer = await ask_child(rt, module="bot.knowledge.documents.child", data=data)
    if answer is None:
        raise Unreadable("too_complex")
    if "refused" in answer:
        raise Unreadable(answer["refused"])
    return Draft(**answer["draft"] | {"format": Format(answer["draft"]["format"])})
