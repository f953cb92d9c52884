"""What one WeChat message or event means to us."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from bot.channels.wechat.xml import Malformed

KEY_LIMIT = 160  # characters of a message's external key
OPENID_LIMIT = 64


class Kind(StrEnum):
    SAID = "said"
    NEEDS_TEXT = "needs_text"  # picture, voice, place …: asked to write instead
    FOLLOWED = "followed"
    LEFT = "left"
    MENU = "menu"
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True)
class Inbound:
    kind: Kind
    openid: str
    account: str  # ToUserName, the account's original id
    key: str  # unique per user and message: MsgId alone was seen to repeat across users
    text: str = ""  # said, or the name of what was sent, or the menu key
    choice: str | None = None  # bizmsgmenuid of a pressed menu line
    media_id: str | None = None  # of a picture


_SENT = {
    "image": "图片",
    "voice": "语音",
    "video": "视频",
    "shortvideo": "视频",
    "location": "位置",
    "link": "链接",
}
_EVENTS = {
    "subscribe": Kind.FOLLOWED,
    "SCAN": Kind.FOLLOWED,  # a follower scanned our code again
    "unsubscribe": Kind.LEFT,
    "CLICK": Kind.MENU,
}


def read(fields: dict[str, str]) -> Inbound:
    """Sort a decrypted message; `Malformed` when what every message has is missing."""
    try:
        openid, account = fields["FromUserName"], fields["ToUserName"]
        created, kind = fields["CreateTime"], fields["MsgType"]
    except KeyError:
        raise Malformed from None
    if not account or not kind or not 0 < len(openid) <= OPENID_LIMIT:
        raise Malformed
    if not (created.isascii() and created.isdigit()):
        raise Malformed
    if kind == "event":
        return _event(fields, openid=openid, account=account)
    message_id = fields.get("MsgId", "")
    if not (message_id.isascii() and message_id.isdigit()):
        raise Malformed
    key = _bounded(f"{openid}:{message_id}")
    if kind == "text":
        return Inbound(
            kind=Kind.SAID,
            openid=openid,
            account=account,
            key=key,
            text=fields.get("Content", ""),
            choice=fields.get("bizmsgmenuid"),
        )
    if kind == "voice" and (heard := fields.get("Recognition", "").strip()):
        return Inbound(kind=Kind.SAID, openid=openid, account=account, key=key, text=heard)
    return Inbound(
        kind=Kind.NEEDS_TEXT,
        openid=openid,
        account=account,
        key=key,
        text=_SENT.get(kind, "这类消息"),
        media_id=fields.get("MediaId") if kind == "image" else None,
    )


def _event(fields: dict[str, str], *, openid: str, account: str) -> Inbound:
    event, event_key = fields.get("Event", ""), fields.get("EventKey", "")
    if not event:
        raise Malformed
    return Inbound(
        kind=_EVENTS.get(event, Kind.DROPPED),
        openid=openid,
        account=account,
        key=_bounded(f"{openid}:{fields['CreateTime']}:{event}:{event_key}"),
        text=event_key,
    )


def _bounded(key: str) -> str:
    """Event keys may be whole addresses; the tail is replaced by a hash of all of it."""
    if len(key) <= KEY_LIMIT:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: KEY_LIMIT - 65]}:{digest}"
