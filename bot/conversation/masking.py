"""Personal data out of a message before anything is stored. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.text.personal import TOKEN, Finding, check_personal, find_personal, hint_of, readable
from bot.text.told import FREE_TEXT, find_corrected, find_told, not_overlapping


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
    if awaiting and (value := check_personal(awaiting, text)):
        return take_out(text, [Finding(0, len(text), awaiting, value)], known=known)
    corrected = find_corrected(text)
    told = find_told(text) if awaiting == FREE_TEXT else []
    told = [one for one in told if not any(one.start < c.end and c.start < one.end for c in corrected)]
    findings = not_overlapping([*find_personal(text), *corrected, *told])
    return take_out(text, findings, known=known)


def take_out(text: str, findings: Iterable[Finding], *, known: Mapping[tuple[str, str], str]) -> Masked:
    """The text with a token for each finding; `findings` stand left to right and do not overlap."""
    tokens = dict(known)
    secrets: list[Secret] = []
    parts: list[str] = []
    end = 0
    for finding in findings:
        kind, value = finding.kind, finding.value
        token = tokens.get((kind, value))
        if token is None:
            token = fresh_token(kind, tokens)
            tokens[kind, value] = token
            secrets.append(Secret(token, kind, value))
        parts += [text[end : finding.start], token]
        end = finding.end
    return Masked("".join([*parts, text[end:]]), tuple(secrets))


def fresh_token(kind: str, tokens: Mapping[tuple[str, str], str]) -> str:
    """The next of its kind; `tokens` are those of the chat so far."""
    return f"〔{kind}{sum(1 for other, _ in tokens if other == kind) + 1}〕"
