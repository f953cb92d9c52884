"""A small item with every kind of step, independent of the shipped content."""

from pathlib import Path

import yaml

from bot.service.schemas import ServiceItem
from bot.service.texts import Texts, load_texts

PROJECT = Path(__file__).resolve().parents[2]

_ITEM = """
key: demo-card
version: 3
name: 示范卡申领
region: "370000"
place: 山东省
lead_dept: 省厅
office: 服务窗口
phone: 0531-00000000
basis: [{title: 示范规定, number: 示〔2018〕5号, date: "2018", code: X1}]
conditions: [条件一, 条件二]
materials: [{name: 申报表, form: 扫描件}, {name: 证明, required: false}]
steps: [提交, 审核]
questions:
  - key: group
    label: 人才类别
    ask: 您属于哪一类？
    options:
      - {value: direct, title: 国家级人才, words: [院士]}
      - {value: part, title: 柔性引进, words: [兼职]}
      - {value: full, title: 非柔性引进}
      - {value: none, title: 都不是}
  - key: years
    label: 工作年限
    ask: 满三年了吗？
    only_if: {group: [part]}
    options: [{value: "yes", title: 是, words: [满了]}, {value: "no", title: 否, words: [没有, 不满]}]
rules:
  - {when: {group: [direct]}, verdict: 符合, because: 直接颁发, basis: 第三十条, route: direct}
  - {when: {group: [part, full]}, verdict: 符合, because: 评审颁发, route: assess}
  - {when: {years: ["no"]}, verdict: 可能符合, because: 年限不足}
  - {when: {group: [none]}, verdict: 不符合, because: 不在范围内}
fields:
  - {key: name, label: 姓名, ask: 您的姓名？, kind: name, personal: true, error: 请只写姓名。}
  - {key: paper, label: 证件号码, ask: 证件号码？, kind: id_number, also: [passport], personal: true, error: 请核对证件号码。}
  - {key: phone, label: 手机号, ask: 手机号？, kind: phone, personal: true, error: 请填11位手机号。}
  - {key: city, label: 所在市, ask: 哪个市？, kind: region, error: 请选一个市。, options: [{value: "370100", title: 济南市, words: [济南]}, {value: "370200", title: 青岛市, words: [青岛]}]}
  - {key: since, label: 取得年份, ask: 哪一年？, kind: year, min_year: 2000, max_year: 2030, error: 请填四位年份。}
  - {key: work, label: 主要成果, ask: 主要成果？, kind: text, min_length: 2, max_length: 50, error: 请用2到50个字说明。}
  - {key: remark, label: 备注, ask: 备注？, kind: text, required: false, error: 请写简短一些。}
"""


def demo_item(**changes: object) -> ServiceItem:
    return ServiceItem.model_validate({**yaml.safe_load(_ITEM), **changes})


def texts() -> Texts:
    return load_texts(PROJECT / "data" / "dialogue" / "texts.yml")
