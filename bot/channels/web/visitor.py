"""Visitor tokens: who writes in the web chat is known from the signed token alone."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

import jwt
from fastapi import Depends, Header, Request

from bot.errors import Refusal
from bot.runtime import Runtime

TOKEN_LIFE = timedelta(hours=24)
AUDIENCE = "huicai-web"
ACCOUNT = "web"


@dataclass(frozen=True)
class Visitor:
    subject: str  # 192 random bits; the external user of the web channel
    conversation_id: str


def new_subject() -> str:
    return secrets.token_urlsafe(24)


def issue_token(rt: Runtime, visitor: Visitor) -> tuple[str, datetime]:
    now = rt.clock.now()
    expires = now + TOKEN_LIFE
    claims = {
        "sub": visitor.subject,
        "cid": visitor.conversation_id,
        "aud": AUDIENCE,
        "iat": now,
        "exp": expires,
    }
    return jwt.encode(claims, rt.secrets.visitor, algorithm="HS256"), expires


def read_token(rt: Runtime, token: str) -> Visitor | None:
    try:
        claims = jwt.decode(
            token,
            rt.secrets.visitor,
            algorithms=["HS256"],
            audience=AUDIENCE,
            options={"require": ["sub", "cid", "exp"], "verify_exp": False, "verify_iat": False},
        )
        if float(claims["exp"]) <= rt.clock.now().timestamp():
            return None
        return Visitor(str(claims["sub"]), str(claims["cid"]))
    except (jwt.InvalidTokenError, TypeError, ValueError):
        return None


def visitor_of(request: Request, authorization: Annotated[str, Header()] = "") -> Visitor:
    """FastAPI dependency: the caller, from the Authorization header."""
    scheme, _, token = authorization.partition(" ")
    visitor = read_token(request.app.state.runtime, token) if scheme == "Bearer" else None
    if visitor is None:
        raise Refusal("session_expired", "会话已过期，请刷新页面重新开始。", status=401)
    return visitor


CurrentVisitor = Annotated[Visitor, Depends(visitor_of)]
