"""Untrusted XML in, unbreakable XML out."""

from contextlib import suppress

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.replies import deserialize_reply

from bot.channels.wechat.inbound import KEY_LIMIT, Kind, read
from bot.channels.wechat.xml import Malformed, parse_fields, text_reply

BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><xml><Content>&c;</Content></xml>"""


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        b'<!DOCTYPE x SYSTEM "http://example.com/x.dtd"><xml><A>1</A></xml>',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><A>&e;</A></xml>',
        b"<!DOCTYPE xml><xml><A>1</A></xml>",
        b"<xml><A>1</A><A>2</A></xml>",
        b"<html><A>1</A></html>",
        b"<xml><A>1</xml>",
        b"",
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="no-such-code"?><xml/>',
        b"{}",
        b"<xml>&undefined;</xml>",
    ],
)
def test_hostile_or_broken_bodies_are_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        parse_fields(body)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_never_raise_anything_else(body: bytes) -> None:
    with suppress(Malformed):
        parse_fields(body)


def test_deep_nesting_within_the_size_limit() -> None:
    depth = 9_000
    assert parse_fields(b"<xml>" + b"<a>" * depth + b"</a>" * depth + b"</xml>") == {}


LEGAL = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=200)


@given(st.lists(st.one_of(LEGAL, st.sampled_from(["]]>", "]]", ">", "<![CDATA[", "</Content>"])), max_size=8))
def test_no_text_breaks_out_of_its_field(pieces: list[str]) -> None:
    text = "".join(pieces)
    raw = text_reply(to_user="o1", from_user="gh_1", created=1, text=f"x{text}x")
    fields = xmltodict.parse(raw, strip_whitespace=False)["xml"]
    assert set(fields) == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}
    assert fields["ToUserName"] == "o1"
    legal = text.replace("\ufffe", "").replace("\uffff", "")
    assert fields["Content"] == f"x{legal}x"


def test_injection_that_breaks_other_libraries() -> None:
    evil = "]]></Content><ToUserName><![CDATA[victim]]></ToUserName><Content><![CDATA["
    raw = text_reply(to_user="o1", from_user="gh_1", created=1, text=evil)
    assert parse_fields(raw.encode())["Content"] == evil
    assert deserialize_reply(raw).target == "o1"


@given(st.text(max_size=100))
def test_control_characters_never_void_a_reply(text: str) -> None:
    raw = text_reply(to_user="o1", from_user="gh_1", created=1, text=text)
    parse_fields(raw.encode("utf-8", errors="surrogatepass") if "\ud800" in raw else raw.encode())


BASE = {"ToUserName": "gh_1", "FromUserName": "o1", "CreateTime": "1714112445"}


@pytest.mark.parametrize("missing", ["ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId"])
def test_a_missing_field_is_malformed(missing: str) -> None:
    fields = BASE | {"MsgType": "text", "Content": "x", "MsgId": "1"}
    assert read(fields).kind == Kind.SAID
    del fields[missing]
    with pytest.raises(Malformed):
        read(fields)


@pytest.mark.parametrize(
    "change",
    [{"CreateTime": "soon"}, {"MsgId": "1e9"}, {"MsgId": "１"}, {"FromUserName": "o" * 65}, {"MsgType": ""}],
)
def test_an_impossible_field_is_malformed(change: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        read(BASE | {"MsgType": "text", "Content": "x", "MsgId": "1"} | change)


def test_keys_tell_users_and_events_apart() -> None:
    said = {"MsgType": "text", "Content": "x", "MsgId": "7"}
    assert read(BASE | said).key == "o1:7"
    assert read(BASE | said | {"FromUserName": "o2"}).key == "o2:7"
    click = {"MsgType": "event", "Event": "CLICK", "EventKey": "menu"}
    assert read(BASE | click).key == "o1:1714112445:CLICK:menu"
    long = [read(BASE | click | {"EventKey": "k" * 400 + end}).key for end in "ab"]
    assert long[0] != long[1]
    assert all(len(key) <= KEY_LIMIT for key in long)


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        ({"MsgType": "voice", "MediaId": "m", "MsgId": "1", "Recognition": "惠才卡"}, Kind.SAID, "惠才卡"),
        ({"MsgType": "voice", "MediaId": "m", "MsgId": "1", "Recognition": ""}, Kind.NEEDS_TEXT, "语音"),
        ({"MsgType": "image", "PicUrl": "http://x", "MsgId": "1"}, Kind.NEEDS_TEXT, "图片"),
        ({"MsgType": "location", "Location_X": "1", "MsgId": "1"}, Kind.NEEDS_TEXT, "位置"),
        ({"MsgType": "hologram", "MsgId": "1"}, Kind.NEEDS_TEXT, "这类消息"),
        ({"MsgType": "event", "Event": "subscribe", "EventKey": ""}, Kind.FOLLOWED, ""),
        ({"MsgType": "event", "Event": "unsubscribe"}, Kind.LEFT, ""),
        ({"MsgType": "event", "Event": "CLICK", "EventKey": "menu"}, Kind.MENU, "menu"),
        ({"MsgType": "event", "Event": "LOCATION", "Latitude": "1"}, Kind.DROPPED, ""),
        ({"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": "1"}, Kind.DROPPED, ""),
    ],
)
def test_kinds(fields: dict[str, str], kind: Kind, text: str) -> None:
    inbound = read(BASE | fields)
    assert (inbound.kind, inbound.text) == (kind, text)
