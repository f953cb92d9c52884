"""The FAQ record, exactly as in data/knowledge/*.yml and in the console."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    model_validator,
)

from bot.conversation.content import Source, Table
from bot.errors import Refusal
from bot.knowledge.grounds import Grounds

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")]
FEWEST_PHRASINGS = 6


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FaqAnswer(Strict):
    paragraphs: list[Paragraph] = Field(default_factory=list)
    items: list[Paragraph] = Field(default_factory=list)
    table: Table | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "FaqAnswer":
        if not (self.paragraphs or self.items or self.table):
            raise ValueError("答案不能为空，请至少写一段。")
        if self.table and any(len(row) != len(self.table.head) for row in self.table.rows):
            raise ValueError("表格每一行的列数要和表头一致。")
        return self


class FaqSource(Source):
    title: Line
    # Shown as a link to everyone, so nothing but the web.
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=500)] | None = None
    code: str | None = None  # row of the fact sheet; never shown


class Faq(Strict):
    key: Key
    question: Line
    phrasings: list[Line] = Field(default_factory=list, max_length=200)
    negatives: list[Line] = Field(default_factory=list, max_length=200)
    category: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    region: Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
    place: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    year: Annotated[str, StringConstraints(pattern=r"^(\d{4}([-—–]\d{4})?)?$")] = ""
    audience: Literal["人才", "用人单位", "不限"] = "不限"
    kind: Literal["answer", "not_published"] = "answer"
    answer: FaqAnswer
    confidence: Literal["高", "中", "低"]
    sources: list[FaqSource] = Field(default_factory=list)
    valid_from: date | None = None
    valid_until: date | None = None
    follow_ups: list[Key] = Field(default_factory=list, max_length=6)
    item: str | None = None
    # Looked up when a snapshot is built; no part of the record that files and the console hold.
    _grounds: Grounds | None = PrivateAttr(default=None)

    @property
    def grounds(self) -> Grounds | None:
        return self._grounds

    def put_grounds(self, grounds: Grounds) -> None:
        self._grounds = grounds

    @model_validator(mode="after")
    def _hangs_together(self) -> "Faq":
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("失效日期不能早于生效日期。")
        if self.kind == "answer" and not self.sources:
            raise ValueError("请至少填写一条依据来源；没有公开依据的内容请选“未公布”。")
        return self

    def says(self) -> list[str]:
        """All ways of asking, the standard question first, each once."""
        return list(dict.fromkeys([self.question, *self.phrasings]))


class InvalidFaq(Refusal):
    """A FAQ that cannot be stored; `fields` maps a path such as `sources.0.title` to a sentence."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("invalid_faq", "有内容需要修改，请看标出的字段。", status=422)
        self.fields = fields
        self.more = {"fields": fields}  # rendered beside code and message


def parse_faq(data: object) -> Faq:
    """Validate what a file or a member of staff supplied; raises InvalidFaq."""
    try:
        return Faq.model_validate(data)
    except ValidationError as problem:
        fields: dict[str, str] = {}
        for error in problem.errors():
            path = ".".join(str(part) for part in error["loc"]) or "faq"
            fields.setdefault(path, _in_chinese(error))
        raise InvalidFaq(fields) from None


def _in_chinese(error: Any) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return "这一项必填。"
        case "extra_forbidden":
            return "不认识的字段，请检查名称。"
        case "string_too_short":
            return "这一项不能为空。"
        case "string_too_long":
            return f"太长了，最多 {context['max_length']} 个字。"
        case "too_long":
            return f"太多了，最多 {context['max_length']} 条。"
        case "literal_error":
            allowed = re.findall("'([^']*)'", context["expected"])
            return f"只能填：{'、'.join(allowed)}。"
        case "string_pattern_mismatch":
            return _PATTERNS.get(str(error["loc"][-1]), "格式不对。")
        case "value_error":
            return str(context["error"])
        case kind if kind.startswith("date"):
            return "日期请写成 2026-01-31 的样子。"
        case kind if kind.endswith("_type"):
            return "类型不对，请检查这一项的写法。"
        case _:
            return "这一项的内容不合要求。"


_PATTERNS = {
    "key": "编号只能用小写字母、数字和短横线，2 到 63 个字符。",
    "region": "地区要填 6 位行政区划代码，例如 370000。",
    "url": "网址要以 http:// 或 https:// 开头。",
    "year": "年份写四位数字，例如 2024；没有就留空。",
}
