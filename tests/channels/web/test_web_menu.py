"""The first screen: the items are many, so it shows the ways to them."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from bot.conversation.models import Turn
from bot.knowledge import service as knowledge
from bot.runtime import Runtime
from bot.service.catalogue import Catalogue
from tests.channels.web.conftest import Visitor
from tests.service.items import demo_item, texts


@pytest.fixture(autouse=True)
async def items(rt: Runtime) -> None:
    await knowledge.start(rt)
    offered = [
        demo_item(key="a-province", region="370000"),
        demo_item(key="a-city", region="370100"),
        demo_item(key="elsewhere", region="350500"),
    ]
    rt.parts["service"] = Catalogue({item.key: item for item in offered}, texts())


async def test_the_menu_of_a_place_names_only_its_items_with_their_kind(visitor: Visitor) -> None:
    menu = (await visitor.http.get("/api/web/menu", params={"region": "370102"})).raise_for_status().json()
    assert [item["key"] for item in menu["items"]] == ["a-province", "a-city"]
    assert all(item["category"] and item["department"] for item in menu["items"])


async def test_each_way_of_the_first_screen_can_be_pressed(visitor: Visitor, rt: Runtime) -> None:
    menu = (await visitor.http.get("/api/web/menu")).raise_for_status().json()
    for way in menu["ways"]:
        body = {"client_msg_id": str(uuid4()), "way": way["way"]}
        (await visitor.post("ask-menu", body)).raise_for_status()
    async with rt.db.read() as session:
        turns = (await session.execute(select(Turn.text, Turn.payload).order_by(Turn.created_at))).all()
    assert [text for text, _ in turns] == [way["title"] for way in menu["ways"]]
    assert [payload for _, payload in turns] == [
        '/menu{"option": "items"}',
        '/menu{"option": "departments"}',
        "/check_progress",
    ]
    both = {"client_msg_id": str(uuid4()), "way": "items", "item": "a-city"}
    assert (await visitor.post("ask-menu", both)).status_code == 422
