"""Chinese typed without an input method: `quanzhou goufang buzhu duoshao` → 泉州购房补助多少.

A run of Latin letters is read only as a whole, and only if our vocabulary spells it all, so that
abbreviations (CFA, APP, VIP) and foreign words come out as they went in.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import log
from typing import Final

from pypinyin import Style, pinyin

# What people ask with, and our commonest subjects. Together with a lexicon it makes a reader.
_EVERYDAY = """
你好 您好 人工 人工客服 人工服务 转 转人工 找 客服 专员 服务专员 谢谢 再见 菜单 帮助 惠才卡 人才卡
人才 人才贷 人才公寓 高层次人才 认定 人才认定 补贴 补助 津贴 申请 申领 申报 报名 办理 办 领 进度
有效期 到期 续期 材料 条件 流程 手续 标准 要求 资格 年龄 学历 名额 时间 期限 截止 电话 地址 网址
地点 部门 单位 牵头 负责 联系 窗口 网站 系统 平台 文件 政策 依据 规定 通知 服务 服务期 三支一扶
科技特派员 泰山学者 博士后 博士 硕士 本科 大专 专科 专家 院士 专家津贴 港湾计划 优才卡 绿色通道
创新券 送教下乡 科技下乡 购房 购房补助 租房 租房补贴 住房 公寓 限价房 买房 子女 入学 子女入学 孩子
上学 中考 加分 配偶 就业 落户 户口 医疗 疗养 签证 生活补助 生活补贴 安家费 贷款 额度 青年人才 毕业生
企业 公司 个人 层次 第一层次 第二层次 第三层次 第四层次 第五层次 怎么 怎么办 怎么样 怎样 如何 什么
什么时候 多少 多少钱 多久 多长时间 几年 几天 几岁 几个 哪里 哪儿 在哪 在哪里 哪个 哪些 谁 为什么
可以 可以吗 能不能 能 有没有 有 没有 是不是 是 吗 呢 的 了 我 你 要 想 需要 去 到 在 和 给 发 拿 报
交 补 省 市 县 区 年 月 每年 每月 每 一年 一个月 最高 最多 丢了 补办 挂失 查询 取消 更换 换 公示
工作 工作站 现在 今年 去年 个 不 也 还 都 就 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照
临沂 德州 聊城 滨州 菏泽 山东 山东省 泉州 晋江 石狮 南安 惠安 安溪 永春 德化 丰泽 鲤城 福建 厦门
福州 转学 小学 初中 高中 幼儿园 就学 读书 小孩 爱人 老婆 老公 家属 办卡 卡 买 买房子 房子 帮 帮我 请问 查
一下 看 看看 领取 提交 撤回 修改 删除 审核 批 批了 我的 我想 我要 想办 信息 资料 身份 验证 证书 换新 密码
想死 不想活 不想活了 自杀 活 死
"""
EVERYDAY: Final[tuple[str, ...]] = tuple(_EVERYDAY.split())
_LATIN = re.compile(r"[A-Za-zÀ-ɏ']+(?: [A-Za-zÀ-ɏ']+)*")
_BEFORE = re.compile(r"[0-9A-Za-z@._\-/]$")
_AFTER = re.compile(r"^[0-9@._\-/]")
_LONGEST_RUN = 120  # letters


class Pinyin:
    """`frequent` says how often each word of the vocabulary is used."""

    def __init__(self, frequent: Mapping[str, float]) -> None:
        self._words: dict[str, tuple[float, str, int]] = {}
        total = log(sum(frequent.values()) + 1.0)
        for word, count in frequent.items():
            for spelled in _spellings(word):
                cost = total - log(count + 1.0)
                if spelled not in self._words or cost < self._words[spelled][0]:
                    self._words[spelled] = (cost, word, len(word))
        self._longest = max(map(len, self._words), default=0)

    def read(self, text: str) -> str:
        def spell_out(match: re.Match[str]) -> str:
            before, after = text[: match.start()], text[match.end() :]
            if _BEFORE.search(before) or _AFTER.search(after):
                return match[0]
            return self._spell_out(match[0]) or match[0]

        return _LATIN.sub(spell_out, text)

    def _spell_out(self, run: str) -> str | None:
        if run.isupper() and len(run) <= 5:  # APP, CFA, VIP
            return None
        letters = _toneless(run)
        starts = _word_starts(run)
        if not 2 <= len(letters) <= _LONGEST_RUN:
            return None
        # (cost, words, characters in words of two or more)
        best: list[tuple[float, str, int] | None] = [(0.0, "", 0)] + [None] * len(letters)
        for start in range(len(letters)):
            so_far = best[start]
            if so_far is None:
                continue
            for end in range(start + 1, min(start + self._longest, len(letters)) + 1):
                found = self._words.get(letters[start:end])
                if found is None or (len(found[1]) == 1 and not {start, end} <= starts and len(starts) > 2):
                    continue
                cost, word, size = found
                known = best[end]
                if known is None or so_far[0] + cost < known[0]:
                    best[end] = (so_far[0] + cost, so_far[1] + word, so_far[2] + (size if size > 1 else 0))
        last = best[-1]
        # Single syllables alone spell many a foreign word: `can he sing` is no Chinese.
        if last is None or (last[2] * 2 < len(last[1]) and last[1] not in ("转", "找")):
            return None
        return last[1]


def _toneless(run: str) -> str:
    plain = unicodedata.normalize("NFD", run.lower().replace("ü", "v"))
    return "".join(char for char in plain if "a" <= char <= "z")


def _word_starts(run: str) -> set[int]:
    """Where blanks are, counted in letters, and both ends."""
    starts, count = {0}, 0
    for part in run.split(" "):
        count += len(_toneless(part))
        starts.add(count)
    return starts


@lru_cache(maxsize=50_000)
def _spellings(word: str) -> tuple[str, ...]:
    """Without tones; ü as `v` and as `u`."""
    if not word or any(not "\u4e00" <= char <= "\u9fff" for char in word):
        return ()
    spelled = "".join(part[0] for part in pinyin(word, style=Style.NORMAL, v_to_u=False))
    return tuple(dict.fromkeys((spelled, spelled.replace("v", "u"))))


@lru_cache(maxsize=1)
def _everyday() -> Pinyin:
    return Pinyin(weights_of(()))


def weights_of(words: Iterable[str]) -> dict[str, float]:
    """The everyday words weigh most; each other word counts as often as it comes."""
    weights: dict[str, float] = dict.fromkeys(EVERYDAY, 50.0)
    for word in words:
        weights[word] = weights.get(word, 0.0) + 1.0
    return weights


def read_everyday(text: str) -> str:
    """With the everyday vocabulary alone; enough to tell what kind of message it is."""
    return _everyday().read(text)
