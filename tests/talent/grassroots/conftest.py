import pytest

from bot.knowledge.calibrate import SHIPPED
from bot.knowledge.entitlements import shipped_catalogue
from bot.knowledge.files import read_faqs
from bot.knowledge.index import Index
from bot.knowledge.published import PART, Library, shipped_analyser
from bot.knowledge.search import Snapshot
from bot.notices.port import PART as NOTICES
from bot.runtime import Runtime
from bot.settings import PROJECT
from bot.talent.grassroots_seeds import load_grassroots
from tests.identity.people import Phones


@pytest.fixture
async def seeded(rt: Runtime) -> Runtime:
    await load_grassroots(rt, sample=False)
    return rt


@pytest.fixture(scope="session")
def entitling() -> Library:
    """The answers that entitlements rest on, published."""
    wanted = {row.faq for row in shipped_catalogue().rows}
    faqs = [faq for faq in read_faqs(PROJECT / "data" / "knowledge")[0] if faq.key in wanted]
    index = Index.build(analyser=shipped_analyser(), faqs=faqs)
    return Library(Snapshot(release=1, index=index, calibration=SHIPPED))


@pytest.fixture
def informed(rt: Runtime, entitling: Library) -> Runtime:
    rt.parts[PART] = entitling
    return rt


@pytest.fixture
def phones(rt: Runtime) -> Phones:
    rt.parts[NOTICES] = phones = Phones()
    return phones
