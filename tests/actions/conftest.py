from typing import Any

import pytest

import actions.answering
import actions.none_of_these
from bot.conversation.content import AnswerLog, Button, Content, Reply
from bot.knowledge.answers import Answered
from bot.knowledge.fitting import Heard
from bot.knowledge.leaning import Last
from bot.runtime import Runtime
from bot.service.catalogue import Catalogue
from tests.actions.engine_double import EngineDouble
from tests.service.items import demo_item, texts


class KnowledgeDouble:
    """Knows one question; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.heard: list[Heard] = []

    async def answers(self, rt: Runtime, **call: Any) -> Answered:
        self.asked.append(call)
        reply = self._reply(call)
        log = reply.log
        assert log is not None
        about = Last(log.faq) if log.faq else call["last"]
        waiting = call["question"] if log.band == "clarify" else None
        return Answered((reply,), about, waiting, repeated=log.faq == call["last"].faq)

    def _reply(self, call: dict[str, Any]) -> Reply:
        if "有效期" in call["question"]:
            return Reply(content=Content.say("一般五年。"), log=AnswerLog(band="answer", faq="term"))
        if call["question"] == "示范卡申领要什么材料":
            return Reply(content=Content.say("申报表。"), log=AnswerLog(band="answer", faq="papers"))
        if "购房" in call["question"]:
            button = Button(title="泉州", payload='/choose_region{"region": "350500"}')
            return Reply(content=Content.say("哪个市？", buttons=[button]), log=AnswerLog(band="clarify"))
        return Reply(content=Content.say("没有找到。"), log=AnswerLog(band="none"))

    async def menu(self, rt: Runtime, *, region: str | None) -> dict[str, Any]:
        return {"categories": [{"title": "惠才卡", "questions": [{"faq": "term", "title": "有效期几年？"}]}]}

    async def entitled(self, rt: Runtime, **call: Any) -> None:
        """Nobody tells about themselves in these talks."""
        self.heard.append(call["heard"])

    async def place_content(self, rt: Runtime, *, code: str, buttons: list[Button]) -> Content:
        return Content.say(f"地区{code}", buttons=buttons)

    async def better_question(self, rt: Runtime, **call: Any) -> Content:
        self.asked.append(call)
        return Content.say("您问的是哪方面？")

    async def answer_faq(self, rt: Runtime, **call: Any) -> Reply:
        self.asked.append(call)
        return Reply(content=Content.say(f"条目{call['key']}"), log=AnswerLog(band="answer", faq=call["key"]))


@pytest.fixture
def knowledge(monkeypatch: pytest.MonkeyPatch) -> KnowledgeDouble:
    double = KnowledgeDouble()
    monkeypatch.setattr(actions.answering, "knowledge", double)
    monkeypatch.setattr(actions.none_of_these, "knowledge", double)
    return double


@pytest.fixture
def database_url(migrated_sqlite: Any, tmp_path: Any) -> str:
    """The actions' own database work is tested with the services; one kind is enough here."""
    import shutil

    shutil.copy(migrated_sqlite, tmp_path / "huicai.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'huicai.db'}"


@pytest.fixture
def engine(rt: Runtime, knowledge: KnowledgeDouble) -> EngineDouble:
    item = demo_item()
    rt.parts["service"] = Catalogue({item.key: item}, texts())
    return EngineDouble(rt)
