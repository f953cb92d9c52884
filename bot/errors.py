"""What a person or a program is told when something is refused."""


class Refusal(Exception):
    """A refused request: a stable machine code and a Chinese sentence saying what to do next."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status


def trace_of(error: BaseException) -> str:
    """Type and innermost frames for the log. Never the text: it may quote a message or its values."""
    frames = []
    trace = error.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    return f"{type(error).__name__} at {' > '.join(frames[-6:])}"
