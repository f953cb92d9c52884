"""Every refusal leaves as `{"error": {"code", "message"}}`; what breaks does so in `protection`."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from bot.errors import Refusal, trace_of

logger = logging.getLogger(__name__)

_BY_STATUS = {
    401: ("not_signed_in", "请先登录。"),
    403: ("forbidden", "您没有进行这项操作的权限。"),
    404: ("not_found", "没有找到您要的内容。"),
    405: ("method_not_allowed", "不支持这种请求方式。"),
    413: ("too_large", "内容太大，请缩短后重试。"),
    415: ("unsupported_media_type", "不支持这种内容格式。"),
}


def refuse(status: int, code: str, message: str, **more: Any) -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message, **more}}, status_code=status)


def install(app: FastAPI) -> None:
    @app.exception_handler(Refusal)
    async def refusal(_request: Request, error: Refusal) -> JSONResponse:
        return refuse(error.status, error.code, error.message, **getattr(error, "more", {}))

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        # Where it is wrong, never what was sent: that may be personal.
        places = [".".join(str(part) for part in item["loc"]) for item in error.errors()]
        return refuse(422, "invalid_request", "请求内容有误，请检查后重试。", places=places)

    @app.exception_handler(DataError)
    async def not_storable(request: Request, error: DataError) -> JSONResponse:
        """PostgreSQL takes no text with a NUL in it: what was pasted is to be mended, not sent again."""
        logger.warning("%s request holds what cannot be stored: %s", request.method, trace_of(error))
        return refuse(422, "not_storable", "内容里有不能保存的字符，请删去后重新填写再提交。")

    @app.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> JSONResponse:
        code, message = _BY_STATUS.get(error.status_code, ("refused", "请求没有成功，请稍后重试。"))
        return refuse(error.status_code, code, message)
