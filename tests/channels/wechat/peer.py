"""WeChat's side of the webhook, built with wechatpy, which knows nothing of our code."""

import re
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import deserialize_reply
from wechatpy.utils import WeChatSigner

PATH = "/channels/wechat"
_message_ids = count(23238164000000000)


@dataclass
class OfficialAccount:
    appid: str = "wx0123456789abcdef"
    secret: str = "the-app-secret-nobody-may-see"
    token: str = "the-webhook-token"
    aes_key: str = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    original_id: str = "gh_0123456789ab"

    def crypto(self) -> WeChatCrypto:
        return WeChatCrypto(self.token, self.aes_key, self.appid)

    def sign(self, *parts: str) -> str:
        signer = WeChatSigner()
        signer.add_data(self.token, *parts)
        signed: str = signer.signature
        return signed

    def request(
        self, inner: str, *, timestamp: int, nonce: str = "nonce", to: str | None = None
    ) -> tuple[str, dict[str, str]]:
        """(body, query) of WeChat's POST for one message."""
        sealed = xmltodict.parse(self.crypto().encrypt_message(inner, nonce, str(timestamp)))["xml"]
        body = (
            f"<xml><ToUserName><![CDATA[{to or self.original_id}]]></ToUserName>"
            f"<Encrypt><![CDATA[{sealed['Encrypt']}]]></Encrypt></xml>"
        )
        query = {
            "signature": self.sign(str(timestamp), nonce),
            "timestamp": str(timestamp),
            "nonce": nonce,
            "encrypt_type": "aes",
            "msg_signature": sealed["MsgSignature"],
        }
        return body, query


@dataclass
class Shown:
    """What the phone shows after a request: a text, or nothing yet."""

    status: int
    text: str | None
    raw: str


@dataclass
class Follower:
    openid: str
    http: httpx.AsyncClient
    account: OfficialAccount
    clock: Any

    def message(self, kind: str = "text", *, message_id: int | None = None, **fields: str) -> str:
        number = next(_message_ids) if message_id is None else message_id
        return self.inner(MsgType=kind, **fields, MsgId=str(number))

    def event(self, event: str, **fields: str) -> str:
        return self.inner(MsgType="event", Event=event, **fields)

    def inner(self, **fields: str) -> str:
        every = {
            "ToUserName": self.account.original_id,
            "FromUserName": self.openid,
            "CreateTime": str(int(self.clock.now().timestamp())),
        } | fields
        text: str = xmltodict.unparse({"xml": every}, full_document=False)
        return text

    async def post(self, inner: str) -> Shown:
        body, query = self.account.request(inner, timestamp=int(self.clock.now().timestamp()))
        response = await self.http.post(PATH, params=query, content=body.encode())
        return Shown(response.status_code, self.read(response.text), response.text)

    async def say(self, text: str, *, message_id: int | None = None, **fields: str) -> Shown:
        return await self.post(self.message(message_id=message_id, Content=text, **fields))

    def read(self, raw: str) -> str | None:
        """The reply's text, checked as WeChat checks it; None for `success`."""
        if raw in ("success", ""):
            return None
        outer = xmltodict.parse(raw)["xml"]
        assert set(outer) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}
        plain = self.account.crypto().decrypt_message(
            raw, outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"]
        )
        fields = xmltodict.parse(plain)["xml"]
        assert set(fields) == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}
        assert fields["ToUserName"] == self.openid
        assert fields["FromUserName"] == self.account.original_id
        reply = deserialize_reply(plain)
        assert reply.type == "text"
        assert len(reply.content.encode()) <= 2048
        text: str = reply.content
        return text


def numbers_in(text: str) -> list[str]:
    return re.findall(r"^(\d+)\. ", text, re.MULTILINE)
