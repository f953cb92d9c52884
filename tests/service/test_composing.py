"""Several items in one submission: asked once, split exactly."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.service.catalogue import Catalogue
from bot.service.composing import compose, split
from bot.service.schemas import ServiceItem
from bot.service.steps import all_steps
from tests.service.items import demo_item, texts

NAME = {"label": "姓名", "ask": "姓名？", "kind": "name", "personal": True, "error": "请填姓名。"}
TEXT = {"label": "说明", "kind": "text", "error": "请说明。"}
OPTIONS = [{"value": "a", "title": "甲"}, {"value": "b", "title": "乙"}]
YES_OR_NO = st.sampled_from([True, False])
KEYS = ["one", "two", "three"]


def item(key: str, **parts: Any) -> ServiceItem:
    return demo_item(**{"key": key, "questions": [], "rules": [], "materials": [], **parts})


def question(key: str, variant: str, only_if: dict[str, list[str]]) -> dict[str, Any]:
    return {"key": key, "label": key, "ask": variant, "options": OPTIONS, "only_if": only_if}


@st.composite
def steps(draw: st.DrawFn) -> dict[str, Any]:
    """Questions and fields of a few names and wordings, some asked only after an answer."""
    asked = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True))
    filled = draw(st.lists(st.sampled_from(["note", "name", *KEYS]), min_size=1, max_size=4, unique=True))
    condition = st.sampled_from([["a"], ["b"], ["a", "b"]])
    earlier: list[str] = []
    questions: list[dict[str, Any]] = []
    fields: list[dict[str, Any]] = []
    for key in asked:
        only_if = {earlier[0]: draw(condition)} if draw(YES_OR_NO) and earlier else {}
        questions.append(question(key, draw(st.sampled_from(["甲？", "乙？"])), only_if))
        earlier.append(key)
    for key in [key for key in filled if key not in asked]:
        only_if = {draw(st.sampled_from(earlier)): draw(condition)} if draw(YES_OR_NO) else {}
        ask = draw(st.sampled_from(["写吧？", "请写？"]))
        fields.append({**(NAME if key == "name" else TEXT), "key": key, "ask": ask, "only_if": only_if})
    fields = fields or [{**TEXT, "key": "last", "ask": "写？"}]
    rules = [{"when": {key: ["b"]}, "verdict": "可能符合", "because": key} for key in asked]
    materials = [{"key": "paper", "name": "证明", "only_if": {asked[0]: ["a"]}, "upload": True}]
    return {"questions": questions, "fields": fields, "rules": rules, "materials": materials}


several = st.lists(steps(), min_size=2, max_size=4).map(
    lambda parts: [item(f"demo-{n}", **part) for n, part in enumerate(parts)]
)


def fill(whole: ServiceItem, choose: st.DataObject) -> dict[str, str]:
    """Answer every step that is asked, each with a value of its own."""
    values: dict[str, str] = {}
    for step in all_steps(whole):
        if all(values.get(key) in wanted for key, wanted in step.only_if.items()):
            values[step.key] = (
                choose.draw(st.sampled_from(["a", "b"])) if step.options else f"答{len(values)}"
            )
    for material in whole.materials:
        if all(values.get(key) in wanted for key, wanted in material.only_if.items()):
            values[f"material:{material.key}"] = f"file-{material.key}"
    return values


@settings(max_examples=60)
@given(several)
def test_the_whole_is_an_item_like_any_other(items: list[ServiceItem]) -> None:
    whole = compose(items)
    assert ServiceItem.model_validate(whole.model_dump()) == whole
    assert whole.version == sum(one.version for one in items)


@settings(max_examples=60)
@given(several, st.data())
def test_every_part_gets_all_its_own_answers_and_nothing_else(
    items: list[ServiceItem], choose: st.DataObject
) -> None:
    values = fill(compose(items), choose)
    for one, own in zip(items, split(items, values), strict=True):
        answered: dict[str, str] = {}
        for step in all_steps(one):
            if all(answered.get(key) in wanted for key, wanted in step.only_if.items()):
                assert own[step.key] in values.values()
                assert (own[step.key] in ("a", "b")) == bool(step.options)
                answered[step.key] = own[step.key]
        for material in one.materials:
            if all(answered.get(key) in wanted for key, wanted in material.only_if.items()):
                answered[f"material:{material.key}"] = own[f"material:{material.key}"]
        assert own == answered


@settings(max_examples=60)
@given(several)
def test_the_same_question_is_asked_once_and_another_one_apart(items: list[ServiceItem]) -> None:
    whole = compose(items)
    keys = [step.key for step in all_steps(whole)]
    assert len(set(keys)) == len(keys)
    wordings = {wording(one, key) for one in items for key in (q.key for q in one.questions)}
    assert len(whole.questions) <= len(wordings)


def wording(one: ServiceItem, key: str) -> tuple[object, ...]:
    """A question as a person meets it: what it asks, and after which answers to which question."""
    asked = next(q for q in one.questions if q.key == key)
    gates = tuple((wording(one, gate), *wanted) for gate, wanted in asked.only_if.items())
    return key, asked.ask, gates


def test_one_name_serves_both_and_keeps_what_differs_apart() -> None:
    whole = compose(
        [
            item("a", fields=[{**NAME, "key": "name"}, {**TEXT, "key": "note", "ask": "甲？"}]),
            item(
                "b", name="乙事项", fields=[{**NAME, "key": "name"}, {**TEXT, "key": "note", "ask": "乙？"}]
            ),
        ]
    )
    assert [f.key for f in whole.fields] == ["name", "note", "note_2"]
    assert (whole.fields[2].ask, whole.fields[2].label) == ("【乙事项】乙？", "说明（乙事项）")


def test_what_one_item_always_asks_serves_the_other_that_asks_it_sometimes() -> None:
    sometimes = {**NAME, "key": "name", "only_if": {"one": ["a"]}}
    items = [
        item(
            "a",
            questions=[question("one", "甲？", {})],
            fields=[sometimes, {**TEXT, "key": "n", "ask": "？"}],
        ),
        item("b", fields=[{**NAME, "key": "name"}]),
    ]
    whole = compose(items)
    assert whole.fields[0].only_if == {}
    first, second = split(items, {"one": "b", "name": "〔姓名1〕", "n": "好"})
    assert first == {"one": "b", "n": "好"} and second == {"name": "〔姓名1〕"}


def test_years_places_and_routes_are_not_mixed() -> None:
    rules = [{"when": {"one": ["a"]}, "verdict": "符合", "because": "直接颁发", "route": "direct"}]
    whole = compose(
        [
            item("a", name="甲", year="2017", questions=[question("one", "？", {})], rules=rules),
            item("b", name="乙", year="2021", conditions=["条件"]),
        ]
    )
    assert whole.year == "" and whole.conditions[-1] == "【乙·2021年口径】条件"
    assert (whole.rules[0].because, whole.rules[0].route) == ("甲：直接颁发", None)


def test_the_catalogue_knows_items_joined_by_a_plus() -> None:
    items = {key: item(key) for key in "abcde"}
    items["off"] = item("off", active=False)
    catalogue = Catalogue(items, texts())
    together = catalogue.item("a+b")
    assert together is not None and together.key == "a+b" and catalogue.item("a+b") is together
    assert [catalogue.item(key) for key in ("a+a", "a+off", "a+gone", "a+b+c+d+e", "+", "a+")] == [None] * 6
