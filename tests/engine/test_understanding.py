"""What the trained model understands, on utterances it has never seen."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from tests.engine.engine_process import Chat, check
from tests.engine.fake_actions import FakeActions

HELD_OUT = yaml.safe_load((Path(__file__).parent / "held_out.yml").read_text(encoding="utf-8"))
ACCURACY_FLOOR = 0.85
# The classifier being unsure sends a message to search, as it does these two intents.
SEARCHED = {"ask_policy", "out_of_scope", "nlu_fallback"}

_INTENTS = """
import json, sys
from bot.engine import tensorflow_stand_in; tensorflow_stand_in.install()
from bot.engine import patches, quiet_logs
from bot.engine.action_endpoint import ActionEndpoint
from bot.engine.turn import Engine
from bot.engine.request import Turn
from bot.engine.state import restore
quiet_logs.silence_libraries()
engine = Engine(model=__import__("pathlib").Path(sys.argv[1]), actions=ActionEndpoint(url="", secret=""))
found = []
for text in json.loads(sys.argv[2]):
    turn = Turn(turn_id="1", conversation_id="1", text=text, payload=None, state=None, context={})
    found.append(engine._parse(turn, tracker=restore(None, conversation_id="1", domain=engine._domain)))
print("\\x1e" + json.dumps(found))
"""


@pytest.fixture(scope="session")
def parsed(trained_model: Path) -> dict[str, dict[str, object]]:
    import json

    said = [text for texts in HELD_OUT.values() for text in texts]
    output = check(_INTENTS, str(trained_model), json.dumps(said))
    return dict(zip(said, json.loads(output.partition("\x1e")[2]), strict=True))


def test_held_out_intents_reach_the_floor(parsed: dict[str, dict[str, dict[str, str]]]) -> None:
    wrong = Counter[str]()
    for intent, said in HELD_OUT.items():
        for text in said:
            found = parsed[text]["intent"]["name"]
            if found != intent:
                wrong[f"{text}: {found}, not {intent}"] += 1
    total = sum(len(said) for said in HELD_OUT.values())
    assert total >= 80
    assert 1 - wrong.total() / total >= ACCURACY_FLOOR, "\n".join(wrong)


@pytest.mark.parametrize("text", HELD_OUT["crisis"])
def test_every_crisis_is_heard(parsed: dict[str, dict[str, dict[str, str]]], text: str) -> None:
    assert parsed[text]["intent"]["name"] == "crisis"


@pytest.mark.parametrize("text", HELD_OUT["ask_policy"] + HELD_OUT["out_of_scope"])
def test_questions_reach_the_search(parsed: dict[str, dict[str, dict[str, str]]], text: str) -> None:
    assert parsed[text]["intent"]["name"] in SEARCHED


@pytest.mark.parametrize("text", ["笑死我了", "这政策真是救命啊", "累死了还没填完", "惠才卡失效了还能救吗"])
def test_figures_of_speech_are_no_crisis(chat: Chat, text: str) -> None:
    assert chat.say(text)["intent"]["name"] != "crisis"


@pytest.mark.parametrize(
    "text", ["我不想活了", "不 想 活 了", "我不想活了，惠才卡也没用了", "想死", "有自殺的念頭"]
)
def test_despair_reaches_its_action(chat: Chat, actions: FakeActions, text: str) -> None:
    chat.say(text)
    assert actions.names == ["action_crisis"]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("〔身份证号1〕", "inform"),
        ("〔姓名1〕", "inform"),
        ("〔姓名1〕，〔手机号2〕。", "inform"),
        ("😀😀", "nonsense"),
        ("……？", "nonsense"),
        ("\u200b", "nonsense"),
    ],
)
def test_wordless_messages(chat: Chat, text: str, intent: str) -> None:
    assert chat.say(text)["intent"] == {"name": intent, "confidence": 1.0}


@pytest.mark.parametrize(
    "text", ["花钱能包过吗", "有人让我交钱办惠才卡", "转人工", "惠才卡有效期几年", "我的申请到哪一步了"]
)
def test_variants_of_writing_mean_the_same(chat: Chat, text: str) -> None:
    plain = chat.say(text)["intent"]["name"]
    for variant in (f"  {text}！！！", " ".join(text), f"{text}😀"):
        assert chat.say(variant)["intent"]["name"] == plain


@pytest.mark.parametrize(
    "text",
    [
        "看病",
        "机票",
        "材料",
        "中考加分",
        "工资",
        "补助",
        "高铁票",
        "能带朋友吗",
        "要手续费吗",
        "22项清单有哪些",
        "电子卡在哪看",
    ],
)
def test_short_questions_are_no_small_talk(chat: Chat, text: str) -> None:
    assert chat.say(text)["intent"]["name"] in SEARCHED


@pytest.mark.parametrize("text", ["嗯嗯", "辛苦了", "靠谱", "操", "菜单", "厉害", "满意"])
def test_short_talk_is_still_talk(chat: Chat, text: str) -> None:
    assert chat.say(text)["intent"]["name"] not in SEARCHED


@pytest.mark.parametrize(
    "text", ["这一步可以跳过去吗", "先停一下", "卡掉楼下了，能补吗", "孩子太吵，没有我办不成"]
)
def test_ordinary_words_near_despair_are_no_crisis(chat: Chat, text: str) -> None:
    assert chat.say(text)["intent"]["name"] != "crisis"


@pytest.mark.parametrize("text", ["你们不给办我就死给你看", "没有我家里人会更轻松", "我死了他们就解脱了"])
def test_veiled_despair_is_heard(chat: Chat, text: str) -> None:
    assert chat.say(text)["intent"]["name"] == "crisis"


def test_dates_and_amounts_are_found(chat: Chat) -> None:
    found = chat.say("2024年泉州买房补20万元是真的吗")["entities"]
    values = {(entity["entity"], entity["text"]) for entity in found}
    assert {("date", "2024年"), ("amount", "20万元"), ("region", "泉州")} <= values
