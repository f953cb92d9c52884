"""Personal data out of a message before anything is stored. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.text.personal import TOKEN, check_personal, find_personal, hint_of, readable


@dataclass(frozen=True)
class Secret:
    """A raw value taken out of a message, and the token that stands for it."""

    token: str
    kind: str
    value: str

    @property
    def hint(self) -> str:
        return hint_of(self.kind, self.value)


@dataclass(frozen=True)
class Masked:
    text: str
    secrets: tuple[Secret, ...]


def mask(text: str, *, awaiting: str | None, known: Mapping[tuple[str, str], str]) -> Masked:
    """Replace personal data by tokens such as 〔手机号1〕.

    `awaiting` is the kind of personal field the guide waits for; `known` maps (kind, value) to the
    token already given in this conversation, so that a repeated value keeps its token.
    """
    # A typed token must not pass for a real one.
    text = TOKEN.sub(r"[\1\2]", readable(text).strip())
    tokens = dict(known)
    secrets: list[Secret] = []

    def token_of(kind: str, value: str) -> str:
        token = tokens.get((kind, value))
        if token is None:
            token = f"〔{kind}{sum(1 for other, _ in tokens if other == kind) + 1}〕"
            tokens[kind, value] = token
            secrets.append(Secret(token, kind, value))
        return token

    if awaiting and (value := check_personal(awaiting, text)):
        return Masked(token_of(awaiting, value), tuple(secrets))
    parts: list[str] = []
    end = 0
    for finding in find_personal(text):
        parts += [text[end : finding.start], token_of(finding.kind, finding.value)]
        end = finding.end
    parts.append(text[end:])
    return Masked("".join(parts), tuple(secrets))
