"""One policy document as a file of every kind we read, made by the libraries that others use."""

import io

import docx
from docx.document import Document
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

TITLE = "山东省测试人才服务管理办法"
NUMBER = "鲁测发〔2024〕7号"
ARTICLES = [
    "第一条 为做好测试人才服务工作，根据有关规定，结合我省实际，制定本办法。",
    "第二条 入选国家“”的人才，由所在单位申请，经主管部门审核后享受服务。",
    "第三条 测试人才每年可以享受一次健康体检，具体办法由省级主管部门另行制定公布，各市可以增加项目。",
]
LAST = "第四条 本办法自2024年3月1日起施行。"


def txt(*, title: str = TITLE, number: str = NUMBER, last: str = LAST) -> str:
    return "\n".join([title, number, *(f"　　{words}" for words in [*ARTICLES, last])]) + "\n"


def html() -> bytes:
    """As old government sites write it: GB2312 declared, lines broken in the source, hidden words."""
    body = "".join(f"<p>&emsp;&emsp;{words[:8]}\n{words[8:]}</p>" for words in [*ARTICLES, LAST])
    page = (
        "<html><head><meta http-equiv='Content-Type' content='text/html; charset=gb2312'>"
        "<title>测试</title><script>var a = '脚本里的话';</script></head><body>"
        "<nav><a>首页</a> &gt; <a>政策文件</a></nav>"
        f"<h1>{TITLE}</h1><div>{NUMBER}</div>{body}"
        "<span style='display: none'>看不见的广告</span>"
        "<table><tr><th>层次</th><th>体检</th></tr><tr><td>第一层次</td><td>两次</td></tr></table>"
        "<footer>网站地图</footer></body></html>"
    )
    return page.encode("gb18030")


def word() -> bytes:
    document = docx.Document()
    document.add_heading(TITLE, 0)
    document.add_paragraph(NUMBER)
    for words in [*ARTICLES, LAST]:
        document.add_paragraph(words)
    table = document.add_table(2, 2)
    for at, words in enumerate(["层次", "体检", "第一层次", "两次"]):
        table.cell(at // 2, at % 2).text = words
    return packed(document)


def packed(document: Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def pdf(*, password: str | None = None, blank: bool = False) -> bytes:
    """Set as a printed document: a centred heading on two lines, indents, a page number, two pages."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, encrypt=password)
    if blank:
        canvas.rect(100, 100, 200, 200, fill=1)
        canvas.showPage()
        canvas.save()
        return file.getvalue()
    canvas.setFont("STSong-Light", 22)
    canvas.drawCentredString(A4[0] / 2, 760, TITLE[:7])
    canvas.drawCentredString(A4[0] / 2, 730, TITLE[7:])
    canvas.setFont("STSong-Light", 14)
    canvas.drawCentredString(A4[0] / 2, 700, NUMBER)
    height, page = 660, 1
    for words in [*ARTICLES, LAST]:
        rest, indent = words, 28
        while rest:
            fits = 26 if indent else 28
            canvas.drawString(100 + indent, height, rest[:fits])
            rest, indent, height = rest[fits:], 0, height - 24
        if words is ARTICLES[1]:
            canvas.drawCentredString(A4[0] / 2, 40, f"— {page} —")
            canvas.showPage()
            canvas.setFont("STSong-Light", 14)
            height, page = 760, page + 1
    canvas.drawCentredString(A4[0] / 2, 40, f"— {page} —")
    canvas.showPage()
    canvas.save()
    return file.getvalue()
