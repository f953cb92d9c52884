"""What came of a talk with a person is quoted, never made up."""

import pytest

from tests.actions.engine_double import EngineDouble

OUTCOME = {"by": "林样例", "on": "11月20日", "result": None, "next": None, "said": None}


@pytest.mark.parametrize(
    ("text", "known", "parts", "not_parts"),
    [
        ("结果呢", {"result": "已登记", "next": "交表"}, ["林样例", "“已登记”", "“交表”"], []),
        ("接下来呢", {"result": "已登记", "next": "交表"}, ["“交表”"], ["已登记"]),
        ("接下来呢", {"result": "已登记"}, ["“已登记”", "没有另外写明"], []),
        ("结果呢", {"said": "请发邮件"}, ["没有另写结论", "“请发邮件”"], []),
        ("结果呢", {}, ["没有留下处理结论"], ["“"]),
    ],
)
async def test_quoted(
    engine: EngineDouble, text: str, known: dict[str, str], parts: list[str], not_parts: list[str]
) -> None:
    engine.slots["handover_outcome"] = OUTCOME | known
    said = await engine.turn(text, "tell_outcome")
    assert all(part in said for part in parts), said
    assert not any(part in said for part in not_parts), said
    assert [b.payload for b in engine.contents[0].buttons] == ["/request_human"]


async def test_in_an_open_form_it_is_told_and_the_step_asked_again(engine: EngineDouble) -> None:
    await engine.turn("我要办示范卡", "start_application", item="示范卡")
    engine.slots["handover_outcome"] = OUTCOME | {"result": "已登记"}
    step = engine.slots["application"]["step"]
    said = await engine.turn("专员怎么说的", "ask_outcome", 1.0)
    assert "“已登记”" in said
    assert engine.active and engine.slots["application"]["step"] == step
