"""Each part of a message with the place and subject it leaves unsaid. Pure."""

import re
from collections.abc import Iterable, Sequence

from bot.knowledge.analysis import Analyser
from bot.knowledge.parts import asks, cut, mentions, tidy
from bot.text.lexicon import Lexicon, Mention

_POINTS_BACK = re.compile(
    r"^(?:(?:上面|刚才|前面)(?:的|说的|那个|这个|那条)*|那个(?!月|时)|那么?|它们?的?|他们|这(?:件|个)?事儿?|那(?:件|个)?事儿?|这个?(?=[^几年月些次])|该|其)(?!里|边|儿|他)"
)
_STATES = re.compile(r"^[;,。]?(?:我|本人|俺|咱|人在|现在|目前|单位|家在)")
_BARE = 8  # a question this short leaves its subject to another
_APPLIES = re.compile(r"(?:想|要|打算|准备)(?:要|去)?(?:办|申请|申领|申报|报名)")
_HOW = "怎么申请"
_SUBJECTS = ("programme", "item")
_PROFILE = ("region", "tier", "degree")


def completed(parts: Sequence[str], *, analyser: Analyser, leaning: bool = False) -> tuple[str, ...]:
    """Each part with the place and subject it leaves unsaid. `leaning`: the talk has a subject
    already, so that a first part without one speaks of that."""
    said = [_named(_asking(part), analyser) or _named(part, analyser) for part in parts]
    stated = [_named(_stated(part), analyser) for part in parts]
    whole: list[str] = []
    for number, part in enumerate(parts):
        own = _named(part, analyser)
        if _APPLIES.search(part) and not asks(part):
            part = f"{tidy(part)}{_HOW}"
        near = [*reversed(said[:number]), *stated]
        # 「多久能下来，惠才卡怎么申请」: the subject comes late.
        if not leaning and len(tidy(part)) <= _BARE and not any(k in own for k in _SUBJECTS):
            near += said[number + 1 :]
        whole.append(_completed(part, own, near, whole[-1] if whole else None, analyser))
        said[number] = _named(_asking(whole[-1]), analyser) or _named(whole[-1], analyser)
    return tuple(whole)


def exchanged(subject: str, *, said: Iterable[Mention], lexicon: Lexicon) -> str:
    """「青岛呢」: the question before with the new place, tier or degree in it."""
    text = subject
    for new in said:
        old = next((m for m in lexicon.find(text) if m.label == new.label), None)
        text = f"{text[: old.start]}{new.text}{text[old.end :]}" if old else f"{new.text}{text}"
    return text


def pointing_removed(text: str) -> str:
    """Without 「它」「这个」 at its head."""
    return _POINTS_BACK.sub("", text) or text


def _named(part: str, analyser: Analyser) -> dict[str, list[Mention]]:
    found: dict[str, list[Mention]] = {}
    for mention in mentions(part, analyser):
        found.setdefault(mention.label, []).append(mention)
    return found


def _asking(part: str) -> str:
    return "".join(c for c in cut(part) if asks(c))


def _stated(part: str) -> str:
    """What the person says about the case: it holds for every part."""
    return "".join(c for c in cut(part) if _STATES.search(c) and not asks(c))


def _completed(
    part: str,
    own: dict[str, list[Mention]],
    near: Sequence[dict[str, list[Mention]]],
    last: str | None,
    analyser: Analyser,
) -> str:
    bare = tidy(part)
    new = [m for label in _PROFILE for m in own.get(label, ())]
    if last and new and not set(own) - set(_PROFILE) and sum(len(m.text) for m in new) >= len(bare) - 3:
        return exchanged(tidy(last), said=new, lexicon=analyser.lexicon)
    missing: list[Mention] = []
    for label in _PROFILE:
        if label not in own:
            missing += next((one[label] for one in near if label in one), [])
    if not any(label in own for label in _SUBJECTS):
        subject = next((one for one in near if any(k in one for k in _SUBJECTS)), {})
        missing += [m for label in _SUBJECTS for m in subject.get(label, ())]
    if not missing:
        return part
    texts = {(m.label, m.value): m.text for m in reversed(missing)}
    return "".join(reversed(texts.values())) + pointing_removed(bare)
