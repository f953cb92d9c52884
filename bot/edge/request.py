"""The runtime a request is served by."""

from typing import Annotated

from fastapi import Depends, Request

from bot.runtime import Runtime


def runtime_of(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


Rt = Annotated[Runtime, Depends(runtime_of)]
