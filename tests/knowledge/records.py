"""A small library of FAQs for tests, in the format of data/knowledge."""

from datetime import date
from typing import Any

from bot.knowledge.analysis import Analyser
from bot.knowledge.calibrate import SHIPPED
from bot.knowledge.follow_up import find_following
from bot.knowledge.index import Index
from bot.knowledge.schemas import Faq, parse_faq
from bot.knowledge.search import Found, Snapshot

TODAY = date(2026, 11, 20)


def record(key: str, question: str, *phrasings: str, **changes: Any) -> dict[str, Any]:
    return {
        "key": key,
        "question": question,
        "phrasings": list(phrasings),
        "negatives": [],
        "category": "测试",
        "region": "370000",
        "place": "山东省",
        "year": "2024",
        "audience": "人才",
        "kind": "answer",
        "answer": {"paragraphs": [f"{key} 的答案。"]},
        "confidence": "高",
        "sources": [{"title": "测试文件", "number": "测发〔2024〕1号", "code": "T01"}],
        "valid_from": None,
        "valid_until": None,
        "follow_ups": [],
        "item": None,
        **changes,
    }


def loan(key: str, city: str, region: str) -> dict[str, Any]:
    return record(
        key,
        f"{city}人才贷最高能贷多少？",
        f"{city}人才贷额度",
        f"{city}人才贷能贷多少钱",
        region=region,
        place=f"{city}市",
    )


RECORDS = [
    record(
        "term",
        "惠才卡有效期几年？",
        "惠才卡能用多久",
        "惠才卡的有效期是多长",
        follow_ups=["apply", "missing"],
        negatives=["惠才卡申请要等几年"],
    ),
    record(
        "apply",
        "惠才卡怎么申请？",
        "惠才卡申领流程",
        "怎么办惠才卡",
        "惠才卡申报步骤",
        item="sd-huicaika",
        confidence="中",
    ),
    record(
        "lost",
        "惠才卡丢了怎么补办？",
        "惠才卡挂失",
        "卡丢了咋办",
        kind="not_published",
        sources=[],
        answer={"paragraphs": ["补办办法没有公布。"]},
    ),
    record(
        "szyf-term",
        "三支一扶服务期几年？",
        "三支一扶服务几年",
        "三支一扶要干多久",
        "三支一扶服务期限",
    ),
    record(
        "qz-house",
        "泉州高层次人才购房补助多少钱？",
        "泉州第三层次购房补助",
        "泉州人才买房补多少",
        "第四层次买房补多少钱",
        region="350500",
        place="泉州市",
        year="2022",
    ),
    record(
        "qz-school",
        "泉州人才子女入学怎么申请？",
        "泉州孩子上学照顾怎么报",
        region="350500",
        place="泉州市",
    ),
    loan("yt-loan", "烟台", "370600"),
    loan("qd-loan", "青岛", "370200"),
    loan("dz-loan", "德州", "371400"),
]


def faqs() -> list[Faq]:
    return [parse_faq(one) for one in RECORDS]


def ask(
    index: Index,
    question: str,
    *,
    region: str | None = None,
    today: date = TODAY,
    last_faq: str | None = None,
) -> Found:
    snapshot = Snapshot(release=1, index=index, calibration=SHIPPED)
    return find_following(snapshot, question=question, region=region, today=today, last_faq=last_faq)


def build(analyser: Analyser) -> Index:
    return Index.build(analyser=analyser, faqs=faqs())
