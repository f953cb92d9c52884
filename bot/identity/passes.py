"""A pass to one's data in clear: signed, for ten minutes, and only while the chat is still bound."""

import jwt

from bot.identity.rules import PASS_LIFE
from bot.runtime import Runtime

AUDIENCE = "huicai-me"


def issue_pass(rt: Runtime, *, conversation_id: str, talent_id: str) -> str:
    expires = rt.clock.now() + PASS_LIFE
    claims = {"cid": conversation_id, "sub": talent_id, "aud": AUDIENCE, "exp": expires}
    return jwt.encode(claims, rt.secrets.visitor, algorithm="HS256")


def opens(rt: Runtime, text: str, *, conversation_id: str, talent_id: str) -> bool:
    try:
        claims = jwt.decode(
            text,
            rt.secrets.visitor,
            algorithms=["HS256"],
            audience=AUDIENCE,
            options={"require": ["sub", "cid", "exp"], "verify_exp": False},
        )
        fresh = float(claims["exp"]) > rt.clock.now().timestamp()
    except (jwt.InvalidTokenError, TypeError, ValueError):
        return False
    return fresh and claims["cid"] == conversation_id and claims["sub"] == talent_id
