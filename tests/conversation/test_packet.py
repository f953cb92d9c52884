"""What a specialist knows before the first word."""

from typing import Any

from bot.conversation.content import AnswerLog, Content, Reply, Source
from bot.conversation.control_rules import ControlEvent
from bot.conversation.engine_client import EngineAnswer
from bot.conversation.runner import TurnRunner
from bot.conversation.service import give_feedback, keep_file, request_human
from bot.runtime import Runtime
from bot.service.catalogue import Catalogue
from tests.conversation.engine import ScriptedEngine
from tests.conversation.people import WEB, episodes_of, last_message, says, staff_does
from tests.conversation.test_files import PDF
from tests.service.items import demo_item, texts


def answering(request: dict[str, Any]) -> EngineAnswer:
    reply = Reply(
        content=Content(paragraphs=["五年。"], sources=[Source(title="实施办法", number="鲁〔2020〕1号")]),
        log=AnswerLog(band="answer", faq="term"),
    )
    draft = {"item": "demo", "version": 1, "stage": "form", "step": "x", "values": {}}
    slots = {"region": "371300", "tier": "第三层次", "failed_answers": 1.0, "application": draft}
    return EngineAnswer(
        messages=[{"custom": reply.model_dump(mode="json")}], state={"version": 1, "slots": slots}
    )


async def test_the_packet_tells_what_was_tried_known_and_left_open(rt: Runtime) -> None:
    item = demo_item()
    rt.parts["service"] = Catalogue({"demo": item}, texts())
    received = await says(rt, "惠才卡有效期几年，我的电话13800138000")
    cid = received.conversation_id
    await TurnRunner(rt, engine=ScriptedEngine(answering)).run_once()
    answer = await last_message(rt, cid)
    await give_feedback(rt, conversation_id=cid, message_id=answer["id"], helpful=False)
    await request_human(rt, **WEB, external_key="h")
    (episode,) = await episodes_of(rt, cid)
    packet = episode.packet
    assert (packet["version"], packet["reason"], packet["category"]) == (1, "requested", "手续代办")
    assert packet["tried"] == [
        {
            "question": "惠才卡有效期几年，我的电话〔手机号1〕",
            "faq": "term",
            "title": None,
            "band": "answer",
            "sources": ["鲁〔2020〕1号"],
        }
    ]
    assert packet["slots"] == {"region": "371300", "tier": "第三层次"}
    assert [list(fact) for fact in packet["facts"]] == [["地区", "临沂市"], ["人才层次", "第三层次"]]
    assert packet["application"]["name"] == item.name
    assert [one["text"] for one in packet["last"]][-2:] == ["五年。", "转人工"]
    assert packet["feedback"] == [{"text": "五年。", "helpful": False}]
    assert "13800138000" not in str(packet)


async def test_earlier_outcomes_and_files_go_along(rt: Runtime) -> None:
    cid = (await says(rt, "转人工")).conversation_id
    await keep_file(rt, conversation_id=cid, external_key="f", name="证明.pdf", data=PDF, staff=None)
    await staff_does(rt, cid, ControlEvent.PICK)
    await staff_does(rt, cid, ControlEvent.GIVE_BACK, note="已核实，按第三层次办")
    await request_human(rt, **WEB, external_key="h")
    _, episode = await episodes_of(rt, cid)
    (earlier,) = episode.packet["earlier"]
    assert (earlier["status"], earlier["result"]) == ("returned", "已核实，按第三层次办")
    assert [file["name"] for file in episode.packet["files"]] == ["证明.pdf"]
    assert episode.previous_id
