"""Rate limits per caller, in memory: a bound on abuse by one process, not an account of use."""

from fastapi import Request
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bot.errors import Refusal
from bot.runtime import Runtime

SESSIONS_PER_ADDRESS = parse("60/minute")
MESSAGES_PER_VISITOR = parse("40/minute")
FILES_PER_VISITOR = parse("20/minute")
SEEN_PER_VISITOR = parse("120/minute")
TYPING_PER_VISITOR = parse("1/second")
STREAMS_PER_VISITOR = 4


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"


def _is_operator(request: Request) -> bool:
    """From this machine itself: `huicai ask --file`, benches. A proxy forwards its callers' addresses."""
    return _address(request) in ("127.0.0.1", "::1")


class Limits:
    """Kept in `rt.parts["limits"]`."""

    def __init__(self) -> None:
        self._windows = MovingWindowRateLimiter(MemoryStorage())
        self._streams: dict[str, int] = {}

    def check_session(self, request: Request) -> None:
        """New conversations by address."""
        if _is_operator(request):
            return
        if not self._windows.hit(SESSIONS_PER_ADDRESS, "session", _address(request)):
            raise Refusal("too_many_sessions", "打开会话过于频繁，请过一分钟再试。", status=429)

    def check_message(self, request: Request, visitor: str) -> None:
        if _is_operator(request):
            return
        if not self._windows.hit(MESSAGES_PER_VISITOR, "message", visitor):
            raise Refusal("too_fast", "发送太快了，请稍等片刻再发。", status=429)

    def check_file(self, request: Request, visitor: str) -> None:
        if _is_operator(request):
            return
        if not self._windows.hit(FILES_PER_VISITOR, "file", visitor):
            raise Refusal("too_fast", "发送文件太快了，请稍等片刻再发。", status=429)

    def check_seen(self, request: Request, visitor: str) -> None:
        if not _is_operator(request) and not self._windows.hit(SEEN_PER_VISITOR, "seen", visitor):
            raise Refusal("too_fast", "操作太频繁了，请稍等片刻。", status=429)

    def takes_typing(self, visitor: str) -> bool:
        """More signs of typing say nothing new and are let go."""
        return self._windows.hit(TYPING_PER_VISITOR, "typing", visitor)

    def open_stream(self, visitor: str) -> None:
        if self._streams.get(visitor, 0) >= STREAMS_PER_VISITOR:
            raise Refusal("too_many_streams", "打开的页面太多，请关闭其他窗口后重试。", status=429)
        self._streams[visitor] = self._streams.get(visitor, 0) + 1

    def close_stream(self, visitor: str) -> None:
        left = self._streams.get(visitor, 1) - 1
        if left:
            self._streams[visitor] = left
        else:
            self._streams.pop(visitor, None)


def limits_of(rt: Runtime) -> Limits:
    limits: Limits = rt.parts["limits"]
    return limits
