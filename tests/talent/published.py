"""The answers that entitlements rest on, as if published."""

from bot.knowledge.calibrate import SHIPPED
from bot.knowledge.entitlements import shipped_catalogue
from bot.knowledge.files import read_faqs
from bot.knowledge.index import Index
from bot.knowledge.published import Library, shipped_analyser
from bot.knowledge.search import Snapshot
from bot.settings import PROJECT


def entitling_answers() -> Library:
    wanted = {row.faq for row in shipped_catalogue().rows}
    faqs = [faq for faq in read_faqs(PROJECT / "data" / "knowledge")[0] if faq.key in wanted]
    index = Index.build(analyser=shipped_analyser(), faqs=faqs)
    return Library(Snapshot(release=1, index=index, calibration=SHIPPED))
