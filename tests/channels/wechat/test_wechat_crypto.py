"""The envelope against the official vectors, and against wechatpy as an independent peer."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import PrpCrypto, WeChatCrypto

from bot.channels.wechat.crypto import Envelope, Forged, check_signature, signature
from tests.channels.wechat.peer import OfficialAccount

ACCOUNT = OfficialAccount()
ENVELOPE = Envelope(aes_key=ACCOUNT.aes_key, appid=ACCOUNT.appid)


@pytest.fixture
def official(vectors: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = vectors["official"]
    return found


def test_official_signatures(official: dict[str, Any]) -> None:
    for part in ("get_verify", "plain_post", "safe_post"):
        vector = official[part]
        assert signature(official["token"], vector["timestamp"], vector["nonce"]) == vector["signature"]
    safe = official["safe_post"]
    check_signature(
        safe["msg_signature"], official["token"], safe["timestamp"], safe["nonce"], safe["encrypt"]
    )


def test_official_message_opens(official: dict[str, Any]) -> None:
    envelope = Envelope(aes_key=official["encoding_aes_key"], appid=official["appid"])
    assert envelope.open(official["safe_post"]["encrypt"]).decode() == official["safe_post"]["plain"]


def test_official_reply_is_sealed_byte_for_byte(official: dict[str, Any]) -> None:
    envelope, reply = (
        Envelope(aes_key=official["encoding_aes_key"], appid=official["appid"]),
        official["safe_reply"],
    )
    sealed = envelope.seal(reply["plain"].encode(), random=reply["random"].encode())
    assert sealed == reply["encrypt"]
    signed = signature(official["token"], reply["timestamp"], reply["nonce"], sealed)
    assert signed == reply["msg_signature"]


def test_key_with_nonzero_pad_bits_is_accepted() -> None:
    # The last character of a genuine key may say more than its 256 bits need.
    odd = Envelope(aes_key="A" * 42 + "B", appid="wx")
    assert Envelope(aes_key="A" * 43, appid="wx").open(odd.seal(b"x")) == b"x"


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=400))
def test_wechatpy_opens_what_we_seal(text: str) -> None:
    peer = PrpCrypto(base64.b64decode(ACCOUNT.aes_key + "="))
    assert peer.decrypt(ENVELOPE.seal(text.encode()), ACCOUNT.appid) == text


def test_foreign_appid_is_forged() -> None:
    foreign = WeChatCrypto(ACCOUNT.token, ACCOUNT.aes_key, "wx-somebody-else")
    sealed = PrpCrypto(foreign.key).encrypt("<xml/>", "wx-somebody-else").decode()
    with pytest.raises(Forged):
        ENVELOPE.open(sealed)


@given(st.binary(max_size=200))
def test_random_bytes_are_forged(data: bytes) -> None:
    with pytest.raises(Forged):
        ENVELOPE.open(base64.b64encode(data).decode())


@given(st.data())
def test_any_flipped_byte_is_noticed_or_harmless(data: st.DataObject) -> None:
    sealed = bytearray(base64.b64decode(ENVELOPE.seal(b"<xml>hello</xml>", random=b"r" * 16)))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= data.draw(st.integers(1, 255))
    try:
        opened = ENVELOPE.open(base64.b64encode(bytes(sealed)).decode())
    except Forged:
        return
    # CBC cannot notice a change of the random head or the text; the signature does that.
    assert len(opened) == len(b"<xml>hello</xml>")


@given(st.text(max_size=60))
def test_what_is_not_base64_is_forged(text: str) -> None:
    with pytest.raises(Forged):
        ENVELOPE.open(text + "!")


def test_wrong_signature_is_forged() -> None:
    right = signature("token", "1", "2")
    check_signature(right, "token", "1", "2")
    for wrong in ("", right[:-1], right.upper(), "签名", signature("token", "1", "3")):
        with pytest.raises(Forged):
            check_signature(wrong, "token", "1", "2")
