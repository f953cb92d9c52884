"""What the trained model understands, on messages it has never seen."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine.engine_process import PROJECT, Chat, check
from tests.engine.fake_actions import FakeActions

FOLDER = Path(__file__).parent
HELD_OUT: dict[str, list[str]] = yaml.safe_load((FOLDER / "held_out.yml").read_text(encoding="utf-8"))
DESPAIR: dict[str, list[str]] = yaml.safe_load((FOLDER / "held_out_crisis.yml").read_text(encoding="utf-8"))
QUESTIONS = [
    question["q"]
    for question in yaml.safe_load(
        (PROJECT / "tests/bench/questions/development.yml").read_text(encoding="utf-8")
    )["questions"]
    if question["scope"] in ("in", "not_published")
]
# The classifier being unsure sends a message to search, as it does these two intents.
SEARCHED = {"ask_policy", "out_of_scope", "nlu_fallback"}
ACTS = [intent for intent in HELD_OUT if intent not in SEARCHED]
ACTS_FLOOR = 0.93
TAKEN_CEILING = 0.01  # policy questions taken for something else
FALSE_ALARMS = 1
FEWEST_EXAMPLES = 25

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
print("\\x1e" + json.dumps([one["intent"]["name"] for one in found]))
"""


@pytest.fixture(scope="session")
def intents(trained_model: Path) -> dict[str, str]:
    said = [text for texts in (*HELD_OUT.values(), *DESPAIR.values(), QUESTIONS) for text in texts]
    output = check(_INTENTS, str(trained_model), json.dumps(said))
    return dict(zip(said, json.loads(output.partition("\x1e")[2]), strict=True))


def examples() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path in sorted((PROJECT / "data/nlu").glob("*.yml")):
        block: dict[str, Any]
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if "intent" in block:
                texts = [line.removeprefix("- ") for line in block["examples"].splitlines()]
                found.setdefault(block["intent"], []).extend(texts)
    return found


def test_every_intent_has_examples_enough() -> None:
    domain = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
    # Only pressed, or decided without the model.
    unlearnt = {"tell_profile", "ask_outcome", "join", "pick_draft", "upload_file"}
    counted = {intent: len(texts) for intent, texts in examples().items()}
    assert set(counted) >= set(domain["intents"]) - unlearnt
    assert {intent: count for intent, count in counted.items() if count < FEWEST_EXAMPLES} == {}


def test_no_example_says_two_things_and_none_is_held_out() -> None:
    meant: dict[str, str] = {}
    for intent, texts in examples().items():
        for text in texts:
            assert meant.setdefault(text, intent) == intent, text
    held_out = {text for texts in (*HELD_OUT.values(), *DESPAIR.values()) for text in texts}
    assert held_out & set(meant) <= {"〔姓名1〕", "zhuan rengong"}


def test_acts_are_recognised(intents: dict[str, str]) -> None:
    wrong = Counter(
        f"{text}: {intents[text]}, not {act}"
        for act in ACTS
        for text in HELD_OUT[act]
        if intents[text] != act
    )
    total = sum(len(HELD_OUT[act]) for act in ACTS)
    assert total >= 250
    assert 1 - wrong.total() / total >= ACTS_FLOOR, "\n".join(wrong)


def test_policy_questions_reach_the_search(intents: dict[str, str]) -> None:
    asked = [*HELD_OUT["ask_policy"], *QUESTIONS]
    taken = [f"{text}: {intents[text]}" for text in asked if intents[text] not in SEARCHED]
    assert len(asked) >= 300
    assert len(taken) / len(asked) <= TAKEN_CEILING, "\n".join(taken)


@pytest.mark.parametrize("text", HELD_OUT["out_of_scope"])
def test_questions_out_of_scope_reach_the_search(intents: dict[str, str], text: str) -> None:
    assert intents[text] in SEARCHED


def test_every_word_of_despair_is_heard(intents: dict[str, str]) -> None:
    assert len(DESPAIR["crisis"]) >= 40
    assert [text for text in DESPAIR["crisis"] if intents[text] != "crisis"] == []


def test_figures_of_speech_and_questions_about_death_are_no_crisis(intents: dict[str, str]) -> None:
    assert len(DESPAIR["not_crisis"]) >= 60
    alarms = [text for text in DESPAIR["not_crisis"] if intents[text] == "crisis"]
    assert len(alarms) <= FALSE_ALARMS, alarms


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
    "text",
    ["花钱能包过吗", "有人让我交钱办惠才卡", "转人工", "惠才卡有效期几年", "我的申请到哪一步了"],
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
        "第三层次",
        "博士",
        "PhD",
    ],
)
def test_short_questions_are_no_small_talk(chat: Chat, text: str) -> None:
    assert chat.say(text)["intent"]["name"] in SEARCHED


@pytest.mark.parametrize("text", ["深圳", "哈尔滨", "鸡西", "太原", "乐陵", "沈阳", "即墨区"])
def test_the_bare_name_of_a_place_is_a_place(chat: Chat, text: str) -> None:
    assert chat.say(text)["intent"]["name"] == "choose_region"


@pytest.mark.parametrize("text", ["嗯嗯", "辛苦了", "靠谱", "操", "菜单", "厉害", "满意"])
def test_short_talk_is_still_talk(chat: Chat, text: str) -> None:
    assert chat.say(text)["intent"]["name"] not in SEARCHED


@pytest.mark.parametrize(
    "text",
    ["垃圾机器人，惠才卡有效期几年", "谢谢，那到期了怎么续", "你好，租房补贴多少", "急！孩子入学要什么材料"],
)
def test_a_question_beside_other_talk_wins(chat: Chat, text: str) -> None:
    assert chat.say(text)["intent"]["name"] in SEARCHED


@pytest.mark.parametrize(
    ("text", "act"), [("谢谢，帮我转人工", "request_human"), ("你好，我要投诉窗口", "complaint")]
)
def test_a_wish_beside_courtesy_wins(chat: Chat, text: str, act: str) -> None:
    assert chat.say(text)["intent"]["name"] == act


def test_the_action_learns_that_a_question_was_asked_in_anger(chat: Chat, actions: FakeActions) -> None:
    chat.say("你们窗口态度太差，惠才卡到底要什么材料")
    ranking = actions.calls[-1]["tracker"]["latest_message"]["intent_ranking"]
    assert ranking[0]["name"] in SEARCHED
    assert "complaint" in {one["name"] for one in ranking if one["confidence"] >= 0.5}


def test_dates_and_amounts_are_found(chat: Chat) -> None:
    found = chat.say("2024年泉州买房补20万元是真的吗")["entities"]
    values = {(entity["entity"], entity["text"]) for entity in found}
    assert {("date", "2024年"), ("amount", "20万元"), ("region", "泉州")} <= values
