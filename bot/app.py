"""The app: everything people touch, on one port. `python -m bot.app` serves it."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from bot.accounts import api as accounts_api
from bot.channels import deliveries
from bot.channels.limits import Limits
from bot.channels.web.routes import router as web_router
from bot.channels.wechat import routes as wechat_routes
from bot.channels.wechat.api_client import WeChatApi
from bot.conversation import service as conversation
from bot.conversation.engine_client import Engine, HttpEngine
from bot.conversation.runner import TurnRunner
from bot.desk import api as desk_api
from bot.desk import service as desk
from bot.desk.manage import accounts_api as staff_api
from bot.desk.manage import after_api, settings_api
from bot.desk.manage import api as manage_api
from bot.edge import errors, internal, pages, protection, status
from bot.identity import api as identity_api
from bot.identity import office_api as identity_office_api
from bot.knowledge import api as knowledge_api
from bot.knowledge import service as knowledge
from bot.knowledge.documents import api as documents_api
from bot.notices import port as notices
from bot.notices.sender import run_notices
from bot.runtime import Runtime, build_runtime
from bot.service import case_sweep, items_api, office_api, office_tasks_api
from bot.service import catalogue as service_items
from bot.settings import Settings
from bot.store.listen import HintListener
from bot.store.migrate import upgrade
from bot.talent import api as talents_api
from bot.talent import benefits_api, demands_api, directory_api, exchange_api, grassroots_api, reminders
from bot.units import api as units_api
from bot.units import cases_api as unit_cases_api


def build_app(rt: Runtime, *, engine: Engine | None = None) -> FastAPI:
    """The ASGI app over a runtime; tests pass their own engine, clock and database."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        await upgrade(rt.db.engine)
        http_engine = None if engine else HttpEngine(rt)
        rt.parts["engine"] = engine or http_engine
        rt.parts["limits"] = Limits()
        listener = None if rt.db.is_sqlite else HintListener(rt)
        if listener:
            listener.start()
        await conversation.sweep(rt)
        await service_items.start(rt)
        await knowledge.start(rt)
        await desk.start(rt)
        await case_sweep.start(rt)
        await reminders.start(rt)
        runner = TurnRunner(rt, engine=rt.parts["engine"])
        runner.start()
        if http_engine:
            # What was loaded stays for good: a full collection that walked through it, as a large
            # report sets off, would stop every chat for half a second.
            gc.collect()
            gc.freeze()
        sending = [asyncio.create_task(_send_to_wechat(rt))] if rt.settings.wechat_enabled else []
        if port := notices.port_for(rt.settings, clock=rt.clock):
            rt.parts[notices.PART] = port
            sending.append(asyncio.create_task(_send_notices(rt, port)))
        try:
            yield
        finally:
            for task in sending:
                task.cancel()
            await asyncio.gather(*sending, return_exceptions=True)
            await runner.stop()
            await reminders.stop(rt)
            await case_sweep.stop(rt)
            await desk.stop(rt)
            await knowledge.stop(rt)
            await service_items.stop(rt)
            if listener:
                await listener.stop()
            if http_engine:
                await http_engine.close()
            await rt.db.close()

    app = FastAPI(title="惠才通", version="1", lifespan=life, docs_url=None, redoc_url=None)
    app.state.runtime = rt
    errors.install(app)
    protection.install(app, rt.settings)
    app.include_router(wechat_routes.router(), prefix="/channels/wechat")
    for router in (
        web_router,
        identity_api.router,
        identity_office_api.router,
        accounts_api.router,
        staff_api.router,
        desk_api.router,
        manage_api.router,
        after_api.router,
        settings_api.router,
        knowledge_api.router,
        documents_api.router,
        items_api.router,
        exchange_api.router,  # before the records, whose ids would match its names
        talents_api.router,
        directory_api.router,
        grassroots_api.router,
        demands_api.router,
        benefits_api.router,
        units_api.router,
        unit_cases_api.router,
        office_api.router,
        office_tasks_api.router,
        internal.router(),
        status.router,
        pages.router(),
    ):
        app.include_router(router)
    return app


async def _send_to_wechat(rt: Runtime) -> None:
    settings = rt.settings
    api = rt.parts["wechat"] = WeChatApi(
        appid=settings.wechat_appid or "",
        secret=settings.wechat_secret or "",
        base_url=settings.wechat_api_base,
        clock=rt.clock,
    )
    try:
        await deliveries.run_deliveries(rt, api=api)
    finally:
        await api.close()


async def _send_notices(rt: Runtime, port: notices.Port) -> None:
    try:
        await run_notices(rt, port=port)
    finally:
        await port.close()


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("httpx", "alembic", "rasa_sdk"):  # httpx logs addresses, which carry WeChat tokens
        logging.getLogger(chatty).setLevel(logging.WARNING)
    settings = Settings()
    uvicorn.run(
        build_app(build_runtime(settings)),
        host=settings.host,
        port=settings.port,
        access_log=False,  # WeChat's call-backs carry the openid in the address
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
