"""HTTP of signing in under /api/staff."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from bot.accounts import service
from bot.accounts.permissions import Permission, signed_in, staff_of
from bot.accounts.rules import SESSION_LIFE
from bot.accounts.schemas import LoginBody, LoginView, PasswordBody
from bot.accounts.sessions import COOKIE, SignedIn, check_same_origin
from bot.runtime import Runtime

router = APIRouter(prefix="/api/staff", tags=["staff"])

Caller = Annotated[SignedIn, Depends(signed_in)]


def _runtime(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime


def _address(request: Request) -> str:
    return request.client.host if request.client else "-"


def _view(session: SignedIn) -> LoginView:
    return LoginView.of(
        staff=staff_of(session, Permission.DESK_WATCH),
        must_change_password=session.account.must_change_password,
        csrf=session.csrf,
    )


@router.post("/login", dependencies=[Depends(check_same_origin)])
async def login(body: LoginBody, request: Request, response: Response) -> LoginView:
    rt = _runtime(request)
    done = await service.login(
        rt,
        username=body.username,
        password=body.password.get_secret_value(),
        address=_address(request),
        old_token=request.cookies.get(COOKIE),
    )
    response.set_cookie(
        COOKIE,
        done.token,
        max_age=int(SESSION_LIFE.total_seconds()),
        path="/",
        secure=_is_secure(rt),
        httponly=True,
        samesite="strict",
    )
    return _view(done.signed_in)


@router.post("/logout", status_code=204)
async def logout(caller: Caller, request: Request) -> Response:
    rt = _runtime(request)
    await service.logout(rt, signed_in=caller)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/", secure=_is_secure(rt), httponly=True, samesite="strict")
    return response


@router.get("/me")
async def me(caller: Caller) -> LoginView:
    return _view(caller)


@router.post("/password", status_code=204)
async def change_password(body: PasswordBody, caller: Caller, request: Request) -> Response:
    await service.change_password(
        _runtime(request),
        signed_in=caller,
        current=body.current.get_secret_value(),
        new=body.new.get_secret_value(),
        address=_address(request),
    )
    return Response(status_code=204)


def _is_secure(rt: Runtime) -> bool:
    return (rt.settings.public_url or "").startswith("https://")
