"""A talent in the web chat, as the channel would act for them."""

import itertools
from dataclasses import dataclass
from typing import Any

from bot.conversation import service as conversation
from bot.runtime import Runtime

_KEYS = itertools.count()


@dataclass
class Talent:
    rt: Runtime
    user: str
    conversation_id: str
    channel: conversation.Channel = conversation.Channel.WEB

    @classmethod
    async def arrive(
        cls, rt: Runtime, user: str, *, channel: conversation.Channel = conversation.Channel.WEB
    ) -> "Talent":
        conversation_id = await conversation.open_conversation(
            rt,
            channel=channel,
            account=channel.value,
            external_user=user,
            region="370000",
        )
        return cls(rt, user, conversation_id, channel)

    @property
    def path(self) -> str:
        return f"/api/desk/chats/{self.conversation_id}"

    async def say(self, text: str) -> None:
        await conversation.receive(
            self.rt,
            channel=self.channel,
            account=self.channel.value,
            external_user=self.user,
            external_key=f"k{next(_KEYS)}",
            text=text,
        )

    async def ask_for_a_person(self, category: str = "政策咨询") -> None:
        await conversation.request_human(
            self.rt,
            channel=self.channel,
            account=self.channel.value,
            external_user=self.user,
            external_key=f"k{next(_KEYS)}",
            category=category,
        )

    async def control(self) -> str:
        state = await conversation.state_for(self.rt, conversation_id=self.conversation_id)
        return str(state["control"])

    async def sees(self) -> list[str]:
        """Every text in their view of the chat."""
        messages = await conversation.log_after(
            self.rt, conversation_id=self.conversation_id, seq=0, internal=False
        )
        return [text_of(message) for message in messages]


def text_of(message: dict[str, Any]) -> str:
    return "\n".join(message["content"]["paragraphs"])
