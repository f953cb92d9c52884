"""A very long message, cut down to what it asks. Pure."""

import re

from bot.knowledge.parts import asks

MOST_READ = 500  # characters; more is pasted text, and its search would hold up everybody else's
_SENTENCE_END = re.compile(r"(?<=[?？!！。;；\n])")
_CUT_TOKEN = re.compile(r"〔[^〕]*$")


def gist(text: str) -> str:
    """The sentences that ask, as far as they fit; of a text that asks nothing, its beginning."""
    if len(text) <= MOST_READ:
        return text
    asking = [sentence for sentence in _SENTENCE_END.split(text) if asks(sentence)]
    return _CUT_TOKEN.sub("", "".join(asking or [text])[:MOST_READ])
