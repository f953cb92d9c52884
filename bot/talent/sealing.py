"""Numbers that identify or reach a person, as a record keeps them: sealed, with fingerprint and hint."""

import unicodedata
from dataclasses import dataclass

from bot.conversation.vault import fingerprint, open_sealed, seal
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.talent.models import Talent
from bot.text.personal import (
    EMAIL,
    ID_NUMBER,
    MOBILE,
    PASSPORT,
    check_personal,
    hint_of,
    is_id_number,
    readable,
)

ID_CARD, PASSPORT_KIND = "身份证", "护照"


@dataclass(frozen=True)
class Sealed:
    sealed: bytes
    fingerprint: str
    hint: str


def plain_name(name: str) -> str:
    """As names are kept and looked up: one kind of dot and blank, no invisible characters."""
    name = readable(unicodedata.normalize("NFC", name)).strip().replace("•", "·").replace("・", "·")
    return " ".join(name.split())


def check_id(kind: str, number: str) -> str:
    value = readable(number).strip().replace(" ", "").upper()
    if kind == ID_CARD:
        if not is_id_number(value):
            raise Refusal("invalid_id", "身份证号不正确，请核对这 18 位号码。", status=422)
    elif not (6 <= len(value) <= 12 and value.isascii() and value.isalnum()):
        raise Refusal("invalid_id", "护照号为 6 到 12 位字母或数字，请核对。", status=422)
    return value


def check_phone(number: str) -> str:
    value = check_personal(MOBILE, number)
    if value is None:
        raise Refusal("invalid_phone", "手机号为 11 位数字，请核对。", status=422)
    return value


def check_email(address: str) -> str:
    value = check_personal(EMAIL, address)
    if value is None:
        raise Refusal("invalid_email", "邮箱写成 name@example.com 这样的形式，请核对。", status=422)
    return value


def sealed_id(rt: Runtime, kind: str, number: str) -> Sealed:
    value = check_id(kind, number)
    label = ID_NUMBER if kind == ID_CARD else PASSPORT
    return Sealed(seal(rt, value), id_fingerprint(rt, kind, value), hint_of(label, value))


def sealed_phone(rt: Runtime, number: str) -> Sealed:
    value = check_phone(number)
    return Sealed(seal(rt, value), fingerprint(rt, f"{MOBILE}:{value}"), hint_of(MOBILE, value))


def id_fingerprint(rt: Runtime, kind: str, value: str) -> str:
    return fingerprint(rt, f"{ID_NUMBER if kind == ID_CARD else PASSPORT}:{value}")


def fingerprints_of(rt: Runtime, value: str) -> tuple[str, ...]:
    """Under which a number may stand: as ID number, passport or telephone."""
    plain = readable(value).replace(" ", "").upper()
    return tuple(fingerprint(rt, f"{kind}:{plain}") for kind in (ID_NUMBER, PASSPORT, MOBILE))


def opened(rt: Runtime, talent: Talent) -> dict[str, str | None]:
    """The raw values, for whoever may have them."""
    return {
        "id_number": open_sealed(rt, talent.id_sealed),
        "phone": open_sealed(rt, talent.phone_sealed) if talent.phone_sealed else None,
        "email": open_sealed(rt, talent.email_sealed) if talent.email_sealed else None,
    }
