"""Signature and AES envelope of WeChat's safe mode.

The envelope is random(16) + length(4, big-endian) + message + appid, padded to 32-byte blocks,
AES-256-CBC with the key's first 16 bytes as IV.
"""

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PADDING_BLOCK = 32
_RANDOM = 16
_HEADER = _RANDOM + 4


class Forged(Exception):
    """The request does not prove that it comes from WeChat. Says no more than that, on purpose."""


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()


def check_signature(given: str, *parts: str) -> None:
    if not hmac.compare_digest(given.encode(), signature(*parts).encode()):
        raise Forged


class Envelope:
    """Seals and opens messages of one account."""

    def __init__(self, *, aes_key: str, appid: str) -> None:
        # Genuine keys may carry non-zero pad bits in their last character: decode leniently.
        self._key = base64.b64decode(aes_key + "=")
        if len(self._key) != 32:
            raise ValueError("the EncodingAESKey must have 43 characters")
        self._appid = appid.encode()

    def seal(self, message: bytes, *, random: bytes | None = None) -> str:
        head = random if random is not None else os.urandom(_RANDOM)
        plain = head + len(message).to_bytes(4, "big") + message + self._appid
        fill = PADDING_BLOCK - len(plain) % PADDING_BLOCK
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def open(self, sealed: str) -> bytes:
        """The message inside; `Forged` for anything that is not exactly an envelope of ours."""
        try:
            data = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError):
            raise Forged from None
        if not data or len(data) % PADDING_BLOCK:
            raise Forged
        decryptor = self._cipher().decryptor()
        padded = decryptor.update(data) + decryptor.finalize()
        fill = padded[-1]
        if not 1 <= fill <= PADDING_BLOCK or padded[-fill:] != bytes([fill]) * fill:
            raise Forged
        plain = padded[:-fill]
        length = int.from_bytes(plain[_RANDOM:_HEADER], "big")
        if len(plain) < _HEADER or length > len(plain) - _HEADER:
            raise Forged
        if not hmac.compare_digest(plain[_HEADER + length :], self._appid):
            raise Forged
        return plain[_HEADER : _HEADER + length]

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))
