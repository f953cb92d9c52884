"""What a person or a program is told when something is refused."""


class Refusal(Exception):
    """A refused request: a stable machine code and a Chinese sentence saying what to do next."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status
