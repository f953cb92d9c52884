"""The whole way to a person and back on WeChat, as the phone shows it."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from bot.channels.wechat.api_client import MEDIA_LIMIT_BYTES
from bot.conversation.change import Change, StaffName
from bot.conversation.control_rules import ControlEvent
from bot.conversation.desk_port import Admission, NoDesk
from bot.conversation.handover_models import Handover
from bot.conversation.models import Conversation, Delivery, DeliveryStatus
from bot.conversation.service import keep_file, log_after, note, say_as_staff
from bot.runtime import Runtime
from tests.channels.fake_wechat import FakeWeChat
from tests.channels.wechat.desk import staff_does
from tests.channels.wechat.peer import Follower, numbers_in

LIN, ZHOU = StaffName("s1", "林晓"), StaffName("s2", "周宁")
SECRET = "此人急，请优先（内部）"


@dataclass
class Scene:
    """One person on the phone, specialists at their desks, and the time between."""

    rt: Runtime
    li: Follower
    fake: FakeWeChat
    outbox: Callable[[], Any]
    clock: Any
    said: int = 0
    shown: list[str] = field(default_factory=list)  # everything the phone has shown

    async def says(self, text: str) -> str:
        self.fake.user_wrote(self.li.openid)
        text = (await self.li.say(text)).text or ""
        self.shown += [text] if text else []
        return text

    async def passes(self, seconds: float = 20) -> list[str]:
        """What comes by itself meanwhile."""
        before = len(self.fake.sent)
        for _ in range(8):
            await self.outbox()
            self.clock.advance(seconds=seconds / 8)
        await self.outbox()
        came = self.fake.texts[before:]
        self.shown += came
        return came

    async def conversation(self) -> Conversation:
        async with self.rt.db.read() as session:
            found = await session.scalar(
                select(Conversation).where(Conversation.external_user == self.li.openid)
            )
        assert found
        return found

    async def handover(self) -> Handover:
        async with self.rt.db.read() as session:
            found = await session.scalar(select(Handover).order_by(Handover.requested_at.desc()))
        assert found
        return found

    async def does(self, event: ControlEvent, by: StaffName | None, **more: Any) -> None:
        await staff_does(self.rt, (await self.conversation()).id, Change(event, by=by, **more))

    async def staff_says(self, staff: StaffName, text: str) -> None:
        self.said += 1
        conversation = await self.conversation()
        await say_as_staff(
            self.rt, conversation_id=conversation.id, staff=staff, client_key=str(self.said), text=text
        )

    async def is_taken(self, by: StaffName = LIN) -> None:
        await self.does(ControlEvent.PICK, by)
        await self.passes()


@pytest.fixture
def scene(rt: Runtime, li: Follower, fake: FakeWeChat, outbox: Any, clock: Any, engine: Any) -> Scene:
    return Scene(rt, li, fake, outbox, clock)


async def test_from_the_request_to_the_person_and_back_to_the_assistant(scene: Scene, engine: Any) -> None:
    assert (await scene.says("惠才卡怎么办")) == "【智能助手】答：惠才卡怎么办"
    asked = await scene.says("转人工")
    assert "已为您转接人工专员" in asked and "第 1 位" in asked
    assert (await scene.says("我补充一下，我在济南")) == "", "kept for the specialist, nothing to answer"
    assert "排在第 1 位" in await scene.says("排队情况")

    until = scene.clock.now() + timedelta(seconds=30)
    await scene.does(ControlEvent.OFFER, None, target=LIN, until=until)
    assert await scene.passes(5) == [], "ringing is nothing the phone needs to know"
    await scene.does(ControlEvent.ACCEPT, LIN)
    assert await scene.passes(1) == ["专员 林晓 为您服务。您之前的对话专员能看到，不用重复说明。"]
    await scene.staff_says(LIN, "您好，请问单位是哪家？")
    assert await scene.passes() == ["【专员 林晓】您好，请问单位是哪家？"]
    assert await scene.says("山东大学") == ""
    conversation = await scene.conversation()
    await note(scene.rt, conversation_id=conversation.id, staff=LIN, client_key="n", text=SECRET)
    assert await scene.passes() == []

    # A transfer shows on the phone with the next one's first words, in one sending.
    later = scene.clock.now() + timedelta(minutes=5)
    await scene.does(ControlEvent.TRANSFER, LIN, target=ZHOU, until=later, note="请周宁接着办")
    await scene.does(ControlEvent.ACCEPT, ZHOU)
    await scene.staff_says(ZHOU, "我来接着为您办理。")
    [together] = await scene.passes(1)
    assert together.startswith("专员 周宁 接替为您服务") and together.endswith(
        "【专员 周宁】我来接着为您办理。"
    )

    until = scene.clock.now() + timedelta(minutes=30)
    await scene.does(ControlEvent.HOLD, ZHOU, until=until)
    [held] = await scene.passes()
    assert "周宁 正在为您核实，预计" in held
    assert await scene.says("好的") == ""
    assert (await scene.conversation()).control == "human"

    await scene.does(ControlEvent.GIVE_BACK, ZHOU, note="材料齐全，已受理（内部记录）")
    [over] = await scene.passes()
    assert "已把会话交还智能助手" in over and "请为这次人工服务打分" in over, "one sending for both"
    assert numbers_in(over) == ["1", "2", "3", "4", "5"]
    assert "谢谢您的评价" in await scene.says("1")
    assert (await scene.handover()).rating == 5
    assert (await scene.says("那什么时候能拿到")) == "【智能助手】答：那什么时候能拿到"
    context = str(engine.requests[-1]["context"])
    assert "我来接着为您办理" in context and "内部记录" not in context, "it knows what was said, no more"
    everything = "\n".join(scene.shown)
    assert SECRET not in everything and "内部记录" not in everything and "请周宁接着办" not in everything


@dataclass
class ClosedDesk(NoDesk):
    async def admit(self, session: Any, rt: Runtime, *, conversation: Any, category: str) -> Admission:
        now = rt.clock.now()
        opens = now + timedelta(hours=14)
        return Admission(open=False, why="hours", opens_at=opens, call_by=opens + timedelta(hours=4))


async def test_out_of_hours_a_ticket_with_phone_and_time(scene: Scene, rt: Runtime) -> None:
    rt.parts["desk"] = ClosedDesk()
    closed = await scene.says("转人工")
    assert "不是人工服务时间" in closed and numbers_in(closed) == ["1"]
    asked = await scene.says("1")
    assert "登记回电" in asked and "手机号" in asked
    kept = await scene.says("13800138000")
    assert "13800138000" not in kept and "138" in kept
    assert "什么时间方便" in kept and numbers_in(kept)
    assert "专员会拨打" in await scene.says("2")
    ticket = await scene.handover()
    assert ticket.status == "ticketed" and ticket.contact_token and "下午" in (ticket.contact_when or "")
    assert (await scene.says("惠才卡有效期几年")).startswith("【智能助手】"), "it goes on helping"
    log = await log_after(rt, conversation_id=ticket.conversation_id, seq=0, internal=True)
    assert "13800138000" not in str(log)


async def test_a_queue_is_left_by_word_while_it_rings(scene: Scene) -> None:
    await scene.says("转人工")
    until = scene.clock.now() + timedelta(seconds=30)
    await scene.does(ControlEvent.OFFER, None, target=LIN, until=until)
    assert "已取消排队" in await scene.says("取消排队")
    assert (await scene.conversation()).control == "bot"


async def test_a_guessed_category_is_changed_by_number(scene: Scene) -> None:
    asked = await scene.says("转人工")
    choices = asked.split("回复")[-1].splitlines()
    number = next(line[0] for line in choices if "待遇落实" in line)
    await scene.says(number)
    assert (await scene.handover()).category == "待遇落实"
    assert (await scene.conversation()).control == "queued"


def photo(side: int = 64, *, form: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.effect_noise((side, side), 60).convert("RGB").save(out, format=form, quality=95)
    return out.getvalue()


async def last_message(scene: Scene) -> dict[str, Any]:
    conversation = await scene.conversation()
    return (await log_after(scene.rt, conversation_id=conversation.id, seq=0, internal=True))[-1]


async def test_a_picture_from_the_phone_reaches_the_specialist(scene: Scene) -> None:
    await scene.says("转人工")
    await scene.is_taken()
    scene.fake.media["m1"] = photo()
    message = scene.li.message("image", MediaId="m1", PicUrl="http://elsewhere.example/1.jpg")
    assert (await scene.li.post(message)).raw == "success"
    first = await last_message(scene)
    assert [file["media_type"] for file in first["content"]["files"]] == ["image/jpeg"]
    assert (await scene.li.post(message)).raw == "success", "WeChat repeats what it thinks unanswered"
    assert (await last_message(scene))["seq"] == first["seq"]


@pytest.mark.parametrize("trouble", ["unknown", "too_large", "not_a_picture"])
async def test_a_picture_that_cannot_be_had_is_said_so_to_both(scene: Scene, trouble: str) -> None:
    await scene.says("转人工")
    await scene.is_taken()
    if trouble == "too_large":
        scene.fake.media["m1"] = b"\xff" * (MEDIA_LIMIT_BYTES + 1)
    if trouble == "not_a_picture":
        scene.fake.media["m1"] = b"MZ\x00\x00 program"
    told = (await scene.li.post(scene.li.message("image", MediaId="m1"))).text or ""
    assert told
    last = await last_message(scene)
    assert not last["content"]["files"]
    if trouble != "not_a_picture":
        assert last["author"] == "talent" and "图片" in last["content"]["paragraphs"][0]


async def staff_file(scene: Scene, name: str, data: bytes) -> None:
    scene.said += 1
    await keep_file(
        scene.rt,
        conversation_id=(await scene.conversation()).id,
        external_key=f"f{scene.said}",
        name=name,
        data=data,
        staff=LIN,
    )


async def test_pictures_and_files_of_the_specialist(scene: Scene) -> None:
    await scene.says("转人工")
    await scene.is_taken()
    await scene.staff_says(LIN, "请看这张")
    await staff_file(scene, "样例.png", photo(1800, form="PNG"))
    await staff_file(scene, "名单.txt", "张三\n".encode())
    came = await scene.passes()
    assert came[0] == "【专员 林晓】请看这张"
    assert "名单.txt" in came[1]
    [(openid, sent)] = scene.fake.images
    assert openid == scene.li.openid
    assert Image.open(io.BytesIO(sent)).format == "JPEG", "made small enough for WeChat"


async def test_words_that_wait_show_at_the_desk(scene: Scene, rt: Runtime) -> None:
    await scene.says("转人工")
    await scene.is_taken()
    scene.fake.errors.append(45047)
    await scene.staff_says(LIN, "结果出来了")
    await scene.passes()
    last = await last_message(scene)

    async def sent() -> DeliveryStatus | None:
        async with rt.db.read() as session:
            query = select(Delivery.status).where(Delivery.message_id == last["id"])
            return await session.scalar(query)

    assert await sent() == DeliveryStatus.PARKED
    assert "结果出来了" in await scene.says("在吗")
    assert await sent() == DeliveryStatus.SENT


async def test_a_rating_that_cannot_be_read_now_is_not_asked_later(scene: Scene, rt: Runtime) -> None:
    await scene.says("转人工")
    await scene.is_taken()
    await scene.staff_says(LIN, "办好了")
    await scene.passes()
    scene.fake.errors.append(45015)
    await scene.does(ControlEvent.END, LIN)
    await scene.passes()
    async with rt.db.read() as session:
        last = list(await session.scalars(select(Delivery).order_by(Delivery.seq)))[-2:]
    assert [row.status for row in last] == [DeliveryStatus.PARKED, DeliveryStatus.FAILED]
    again = await scene.says("你好")
    assert "已结束本次服务" in again and "打分" not in again


async def test_a_blocked_person_is_told_once(scene: Scene, engine: Any) -> None:
    await scene.says("转人工")
    await scene.is_taken()
    await scene.does(ControlEvent.BLOCK, LIN, note="辱骂")
    assert "已停止服务" in await scene.says("你们都是")
    assert await scene.says("喂") == ""
    for _ in range(2):  # despair is never met with silence
        assert "12356" in await scene.says("我不想活了")
    assert (await scene.li.post(scene.li.message("image", MediaId="m"))).raw == "success"
    assert await scene.passes() == []
    assert engine.requests == []
    assert "辱骂" not in "\n".join(scene.shown)
