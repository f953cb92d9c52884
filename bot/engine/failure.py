"""Why a turn was not answered."""


class TurnFailure(Exception):
    """A machine code and the HTTP status the engine answers with. Carries no text of the turn."""

    def __init__(self, code: str, *, status: int = 500, detail: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.detail = detail  # names of actions or fields only
