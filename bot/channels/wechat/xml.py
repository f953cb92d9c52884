"""WeChat's XML: reading untrusted bodies, writing replies that no content can break out of."""

import re
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

# What XML 1.0 cannot carry at all, not even escaped; one such character voids the whole reply.
_ILLEGAL = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Malformed(Exception):
    """Not an XML message as WeChat sends it."""


def parse_fields(body: bytes) -> dict[str, str]:
    """The flat fields under `<xml>`. Nested ones (menu scans, lists) are not needed and left out."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Malformed from None
    if root.tag != "xml":
        raise Malformed
    fields: dict[str, str] = {}
    for child in root:
        if child.tag in fields:
            raise Malformed  # two readers could disagree about which one counts
        if len(child) == 0:
            fields[child.tag] = child.text or ""
    return fields


def text_reply(*, to_user: str, from_user: str, created: int, text: str) -> str:
    return (
        f"<xml><ToUserName>{cdata(to_user)}</ToUserName>"
        f"<FromUserName>{cdata(from_user)}</FromUserName>"
        f"<CreateTime>{created}</CreateTime>"
        f"<MsgType>{cdata('text')}</MsgType>"
        f"<Content>{cdata(text)}</Content></xml>"
    )


def sealed_reply(*, sealed: str, signature: str, timestamp: str, nonce: str) -> str:
    return (
        f"<xml><Encrypt>{cdata(sealed)}</Encrypt>"
        f"<MsgSignature>{cdata(signature)}</MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp>"
        f"<Nonce>{cdata(nonce)}</Nonce></xml>"
    )


def cdata(text: str) -> str:
    """A CDATA section that its own text cannot end."""
    clean = _ILLEGAL.sub("", text).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{clean}]]>"
