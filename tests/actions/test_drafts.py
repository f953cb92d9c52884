"""Drafts across chats, items that change under them, several items, files, and what the record knows."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.conversation import vault
from bot.conversation.masking import Secret
from bot.conversation.models import Channel, Conversation
from bot.errors import Refusal
from bot.runtime import Runtime
from bot.service import drafts, submission
from bot.service.catalogue import Catalogue
from bot.service.filled import Answers
from bot.service.models import ApplicationDraft, DraftStatus
from bot.service.schemas import ServiceItem
from bot.service.submission import Submitter
from bot.talent.models import Education, Talent
from tests.actions.engine_double import EngineDouble
from tests.service.items import demo_item, texts

HERE, THERE, OTHER = "c" * 32, "d" * 32, "e" * 32
TALENT, STRANGER = "1" * 32, "2" * 32
Chat = Callable[..., Awaitable[EngineDouble]]


def offer(rt: Runtime, *items: ServiceItem) -> None:
    rt.parts["service"] = Catalogue({item.key: item for item in items}, texts())


@pytest.fixture
async def chat(rt: Runtime, engine: EngineDouble) -> Chat:
    """Opens a chat of a person, with values they gave in it."""

    async def opened(key: str, *, talent: str | None = TALENT, **values: str) -> EngineDouble:
        now = rt.clock.now()
        async with rt.db.write() as session:
            session.add(
                Conversation(
                    id=key,
                    channel=Channel.WECHAT if key == THERE else Channel.WEB,
                    account="web",
                    external_user=key,
                    talent_id=talent,
                    created_at=now,
                    updated_at=now,
                )
            )
            await session.flush()
            secrets = [Secret(f"〔{kind}1〕", kind, value) for kind, value in values.items()]
            vault.keep(session, rt, conversation_id=key, secrets=secrets)
        return EngineDouble(rt, conversation_id=key, turns=int(key[0], 16) * 1000)

    return opened


async def store(engine: EngineDouble) -> None:
    """What the turn's commit does with the engine's state."""
    rt = engine.rt
    async with rt.db.write() as session:
        conversation = await session.get(Conversation, engine.conversation_id)
        assert conversation is not None
        state = {"version": 1, "slots": dict(engine.slots), "loop": None, "events": []}
        conversation.engine_state = await drafts.remember(session, rt, conversation=conversation, state=state)


async def say(engine: EngineDouble, *answers: str) -> str:
    for answer in answers:
        await engine.turn(answer, "inform", 0.5)
        await store(engine)
    return engine.said


async def begin(engine: EngineDouble, *answers: str) -> None:
    await engine.turn("我要办示范卡", "start_application", item="示范卡")
    await store(engine)
    await say(engine, *answers)


async def status_of(rt: Runtime, draft_id: str) -> DraftStatus:
    async with rt.db.read() as session:
        row = await session.get(ApplicationDraft, draft_id)
    assert row is not None
    return DraftStatus(row.status)


async def test_a_draft_goes_on_in_another_chat_of_the_same_person(rt: Runtime, chat: Chat) -> None:
    there = await chat(THERE, 姓名="孙小美")
    await begin(there, "继续填写", "院士", "继续", "〔姓名1〕")
    here = await chat(HERE, 姓名="李雷")
    said = await here.turn("继续上次的申请", "resume_application")
    assert "示范卡申领：已填 2 项" in said and "微信里" in said
    said = await here.press("继续办示范卡申领")
    assert "证件号码" in said and here.active
    # The value came along under a token of this chat; the other chat no longer has the draft.
    assert here.slots["application"]["values"]["name"] == "〔姓名2〕"
    assert await vault.values_of(rt, conversation_id=HERE, tokens=["〔姓名2〕"]) == {"〔姓名2〕": "孙小美"}
    async with rt.db.read() as session:
        other = await session.get(Conversation, THERE)
        assert other is not None and "application" not in other.slots and other.awaiting is None
    await store(here)
    assert [d.here for d in await drafts.open_drafts(rt, conversation_id=THERE)] == [False]


async def test_a_draft_that_is_filled_in_is_told_as_not_handed_in(rt: Runtime, chat: Chat) -> None:
    here = await chat(HERE, 姓名="孙小美", 身份证号="11010519491231002X", 手机号="13800138000")
    await begin(here, "继续填写", "院士", "继续", "〔姓名1〕", "〔身份证号1〕", "〔手机号1〕", "济南")
    await say(here, "2020", "两项省级成果", "跳过")
    assert "请核对" in here.said
    await here.turn("先保存，下次再填", "nlu_fallback", 0.2)
    await store(here)
    said = await here.turn("我存的草稿", "pick_draft")
    assert "示范卡申领：已填 8 项，都填好了，还没有提交" in said


async def test_a_draft_named_in_words_shows_which_there_are(rt: Runtime, chat: Chat) -> None:
    there = await chat(THERE, 姓名="孙小美")
    await begin(there, "继续填写", "院士", "继续", "〔姓名1〕")
    here = await chat(HERE)
    assert (
        "示范卡申领：已填 2 项" in await here.turn("用微信上存的那份草稿", "pick_draft") and not here.active
    )
    stranger = await chat(OTHER, talent=STRANGER)
    assert "没有填到一半" in await stranger.turn("继续第一份草稿", "pick_draft")


async def test_nobody_sees_or_takes_the_draft_of_another_person(rt: Runtime, chat: Chat) -> None:
    there = await chat(THERE, 姓名="孙小美")
    await begin(there, "继续填写", "院士", "继续", "〔姓名1〕")
    (draft,) = await drafts.open_drafts(rt, conversation_id=THERE)
    for key, talent in ((HERE, STRANGER), (OTHER, None)):
        other = await chat(key, talent=talent)
        assert await drafts.open_drafts(rt, conversation_id=key) == []
        assert "没有填到一半" in await other.turn("继续上次的申请", "resume_application")
        said = await other.turn(f'/pick_draft{{"draft": "{draft.id}"}}', "pick_draft", 1.0, draft=draft.id)
        assert "不在您的名下" in said and "孙" not in said and not other.active


async def test_a_turn_that_ends_after_its_draft_moved_does_not_bring_it_back(rt: Runtime, chat: Chat) -> None:
    there = await chat(THERE, 姓名="孙小美")
    await begin(there, "继续填写", "院士", "继续")
    (draft,) = await drafts.open_drafts(rt, conversation_id=THERE)
    await chat(HERE)
    await drafts.take_over(rt, draft_id=draft.id, conversation_id=HERE)
    await say(there, "〔姓名1〕")
    async with rt.db.read() as session:
        other = await session.get(Conversation, THERE)
        row = await session.get(ApplicationDraft, draft.id)
    assert other is not None and "application" not in other.slots
    assert row is not None and row.conversation_id == HERE and "name" not in row.content["values"]
    # Taken over twice is taken over once.
    assert await drafts.take_over(rt, draft_id=draft.id, conversation_id=HERE) == row.content


async def test_what_was_cancelled_or_submitted_cannot_be_taken_up(rt: Runtime, chat: Chat) -> None:
    here = await chat(HERE)
    await begin(here, "继续填写", "院士")
    draft_id = here.slots["application"]["id"]
    await say(here, "取消", "确认取消")
    assert await status_of(rt, draft_id) is DraftStatus.CANCELLED
    with pytest.raises(Refusal):
        await drafts.take_over(rt, draft_id=draft_id, conversation_id=HERE)


async def test_starting_an_item_that_was_left_offers_to_go_on_with_it(rt: Runtime, chat: Chat) -> None:
    offer(rt, demo_item(), demo_item(key="second", name="第二卡申领", phrasings=["第二卡"]))
    here = await chat(HERE)
    await begin(here, "继续填写", "院士")
    first = here.slots["application"]["id"]
    said = await here.turn("我要申请第二卡", "start_application")
    assert "现在填的会先保存" in said
    await here.press("先办第二卡申领")
    assert here.slots["application"]["item"] == "second" and here.active
    await store(here)
    assert await status_of(rt, first) is DraftStatus.PARKED
    await say(here, "暂停")
    assert "接着填还是重新开始" in await here.turn("我要办示范卡", "start_application", item="demo-card")
    assert "接着办“示范卡申领”" in await here.press("接着上次填")
    assert here.slots["application"]["id"] == first


async def test_several_items_are_asked_once_and_keep_what_was_given(rt: Runtime, chat: Chat) -> None:
    one, two = demo_item(), demo_item(key="second", name="第二卡申领", phrasings=["第二卡"])
    offer(rt, one, two)
    here = await chat(HERE)
    await here.turn("示范卡申领和第二卡申领一起办", "start_application")
    await here.press("一起办这几项")
    assert "示范卡申领、第二卡申领" in here.said
    assert here.slots["application"]["item"] == "demo-card+second"
    await store(here)
    await here.turn("取消", "cancel_application")
    await begin(here, "继续填写", "院士")
    await here.turn("我要申请第二卡", "start_application")
    await here.press("和现在的一起办")
    assert here.slots["application"]["item"] == "demo-card+second"
    assert here.slots["application"]["values"]["group"] == "direct"


async def test_an_item_that_changes_under_a_draft_says_what_to_fill_in_again(rt: Runtime, chat: Chat) -> None:
    here = await chat(HERE, 姓名="孙小美")
    await begin(here, "继续填写", "院士", "继续", "〔姓名1〕")
    asked, *more = _raw()["questions"]
    other = [{**asked, "options": asked["options"][1:]}, *more]
    rules = [r for r in _raw()["rules"] if r["when"].get("group") != ["direct"]]
    offer(rt, demo_item(version=4, questions=other, rules=rules))
    said = await say(here, "〔身份证号1〕")
    assert "有更新" in said and "重新填写：人才类别" in said and "一次性告知" in said
    values = here.slots["application"]["values"]
    assert values == {"name": "〔姓名1〕"} and here.slots["application"]["version"] == 4
    offer(rt, demo_item(version=5, active=False))
    assert "已暂停网上办理" in await say(here, "继续填写")
    assert not here.active and here.slots["application"] is None


def _raw() -> dict[str, Any]:
    return demo_item().model_dump(mode="json")


def with_files() -> ServiceItem:
    proof = {"key": "proof", "name": "证明", "upload": True, "form": "扫描件", "note": "盖章"}
    photo = {"key": "photo", "name": "照片", "upload": True, "required": False}
    form = {"key": "form", "name": "申报表", "form": "到窗口领取"}
    return demo_item(materials=[proof, photo, form])


async def test_materials_are_asked_for_one_by_one(rt: Runtime, chat: Chat) -> None:
    offer(rt, with_files())
    here = await chat(HERE, 姓名="孙小美")
    await begin(here, "继续填写", "院士", "继续")
    assert "（材料 1/2）请上传“证明”" in here.said and "扫描件；盖章" in here.said
    assert here.slots["awaiting"] == "文件"
    assert "照片或 PDF 直接发" in await say(here, "我没有")
    said = await here.turn('/upload_file{"attachment": "x"}', "upload_file", 1.0, attachment="a" * 32)
    assert "“证明”已收到 1 个文件" in said
    await here.turn('/upload_file{"attachment": "y"}', "upload_file", 1.0, attachment="b" * 32)
    assert "2 个文件" in here.said
    assert "（材料 2/2）请上传“照片”" in await here.press("传好了，下一步")
    assert "您的姓名" in await here.press("稍后补交")
    said = await here.turn('/upload_file{"attachment": "z"}', "upload_file", 1.0, attachment="f" * 32)
    assert "现在用不上" in said
    await say(here, "〔姓名1〕", "〔身份证号1〕", "〔手机号1〕", "青岛", "2019", "发表论文", "跳过")
    assert "证明：已上传 2 个文件" in here.said and "照片：稍后补交" in here.said
    assert "请尽快补齐：照片" in here.said and "申报表（到窗口领取）" in here.said
    assert "要修改哪一项" in await here.press("修改内容")
    assert "已收到 2 个文件" in await here.press("证明")
    assert "（材料 1/2）" in await here.press("删掉重新传")


async def test_a_proven_person_may_use_what_is_registered(rt: Runtime, chat: Chat) -> None:
    now = rt.clock.now()
    async with rt.db.write() as session:
        session.add(
            Talent(
                id=TALENT,
                name="孙小美",
                id_sealed=vault.seal(rt, "11010519491231002X"),
                id_fingerprint="x",
                id_hint="110****002X",
                phone_sealed=vault.seal(rt, "13800138000"),
                education=Education.DOCTOR,
                region="370100",
                created_at=now,
                updated_at=now,
            )
        )
    here = await chat(HERE)
    await begin(here, "继续填写", "院士", "继续")
    assert "姓名 〔姓名1〕、证件号码 〔身份证号1〕、手机号 〔手机号1〕" in here.said
    assert "孙小美" not in str(here.events)
    assert "哪个市" in await here.press("用登记的资料")
    tokens = [here.slots["application"]["values"][key] for key in ("name", "paper", "phone")]
    opened = await vault.values_of(rt, conversation_id=HERE, tokens=tokens)
    assert [opened[token] for token in tokens] == ["孙小美", "11010519491231002X", "13800138000"]
    other = await chat(OTHER, talent=None)
    await begin(other, "继续填写", "院士", "继续")
    assert "用登记的资料" not in [b.title for c in other.contents for b in c.buttons]


async def test_what_is_under_way_is_not_handed_in_twice_by_mistake(rt: Runtime, chat: Chat) -> None:
    offer(rt, demo_item())
    person = Submitter(conversation_id=HERE, talent_id=TALENT)
    here = await chat(HERE)
    values = {"group": "direct", "name": "孙小美", "phone": "13800138000"}
    await submission.store(rt, request_id="a" * 32, submitter=person, answers=[Answers(demo_item(), values)])
    said = await here.turn("我要办示范卡", "start_application", item="示范卡")
    assert "不用重复提交" in said and not here.active
    assert "一次性告知" in await here.press("另办一件") and here.active
    other = await chat(OTHER, talent=STRANGER)
    assert "一次性告知" in await other.turn("我要办示范卡", "start_application", item="示范卡")
