"""The sample accounts a new installation begins with: fictitious people, marked as samples."""

from dataclasses import dataclass

from bot.accounts.permissions import Role
from bot.text.lexicon import NATION


@dataclass(frozen=True, slots=True)
class SampleAccount:
    username: str
    name: str
    role: Role
    region: str = NATION
    department: str | None = None
    of_employer: bool = False  # made only when there is an employer to bind it to


SAMPLE_ACCOUNTS: tuple[SampleAccount, ...] = (
    SampleAccount("zhuanyuan1", "林晓（样例）", Role.SPECIALIST),
    SampleAccount("zhuanyuan2", "周宁（样例）", Role.SPECIALIST),
    SampleAccount("qiantai", "苏禾（样例）", Role.FRONT_DESK),
    SampleAccount("houtai", "程远（样例）", Role.BACK_OFFICE, region="370000"),
    SampleAccount("shiji", "唐越（样例）", Role.BACK_OFFICE, region="370100"),
    SampleAccount("xianji", "方宁（样例）", Role.BACK_OFFICE, region="370102"),
    SampleAccount("quanzhou", "蔡岚（样例）", Role.BACK_OFFICE, region="350500"),
    SampleAccount("bumen", "黄澄（样例）", Role.DEPARTMENT, region="350500", department="qz-jyj"),
    SampleAccount("zhujian", "洪越（样例）", Role.DEPARTMENT, region="350500", department="qz-zjj"),
    SampleAccount("zuzhang", "郑琳（样例）", Role.LEAD),
    SampleAccount("zhuguan", "许诺（样例）", Role.SUPERVISOR),
    SampleAccount("zhijian", "孟青（样例）", Role.INSPECTOR),
    SampleAccount("bianji", "陈舒（样例）", Role.EDITOR),
    SampleAccount("fabu", "吴岚（样例）", Role.PUBLISHER),
    SampleAccount("guanli", "何平（样例）", Role.ADMINISTRATOR),
    SampleAccount("danwei", "沈嘉（样例）", Role.UNIT_HEAD, of_employer=True),
    SampleAccount("danweizhuanyuan", "韩朗（样例）", Role.UNIT_OFFICER, of_employer=True),
)
