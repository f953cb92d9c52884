"""Which rows fit whom, what is asked, and what the list says and leaves out."""

from datetime import date

import pytest

from bot.knowledge.analysis import Analyser
from bot.knowledge.calibrate import SHIPPED
from bot.knowledge.choosing import MOST_SHOWN, Chosen, choose
from bot.knowledge.entitlements import PLACE, answered, shipped_catalogue, still_says
from bot.knowledge.files import read_faqs
from bot.knowledge.fitting import Considered, Heard, Told, consider, meant_by, tell
from bot.knowledge.index import Index
from bot.knowledge.profile import Profile
from bot.knowledge.schemas import Faq
from bot.knowledge.search import Snapshot
from bot.settings import PROJECT

TODAY = date(2026, 11, 20)
JINAN, QINGDAO, WEIHAI, QUANZHOU, JINJIANG = "370100", "370200", "371000", "350500", "350582"
CATALOGUE = shipped_catalogue()


@pytest.fixture(scope="module")
def faqs() -> list[Faq]:
    return read_faqs(PROJECT / "data" / "knowledge")[0]


@pytest.fixture(scope="module")
def shipped(analyser: Analyser, faqs: list[Faq]) -> Snapshot:
    return Snapshot(release=1, index=Index.build(analyser=analyser, faqs=faqs), calibration=SHIPPED)


def test_the_nearest_place_comes_first_and_no_other_city(analyser: Analyser) -> None:
    keys = _shown(analyser, Profile(degree="博士", age=35), JINAN)
    assert keys[0] == "jn-youth-doctor"
    assert "sd-taishan-youth-join" in keys
    rows = {row.key: row for row in CATALOGUE.rows}
    assert {rows[key].region for key in keys} <= {JINAN, "370000"}


@pytest.mark.parametrize("profile", [Profile(degree="博士"), Profile(tier="第一层次"), Profile(card=True)])
@pytest.mark.parametrize("place", [JINAN, QINGDAO, WEIHAI, QUANZHOU, JINJIANG])
def test_nothing_of_another_place_and_at_most_five(analyser: Analyser, profile: Profile, place: str) -> None:
    chosen = _choose(analyser, profile, place)
    chain = analyser.lexicon.chain(place)
    assert all(one.row.region in chain for one in chosen.shown)
    assert len(chosen.shown) <= MOST_SHOWN


def test_a_county_with_its_own_standard_hides_the_citys(analyser: Analyser) -> None:
    keys = _shown(analyser, Profile(tier="第三层次"), JINJIANG)
    assert "jj-house-3" in keys
    assert "qz-house-3" not in keys


def test_too_old_is_left_out_and_said(analyser: Analyser) -> None:
    chosen = _choose(analyser, Profile(degree="博士", age=41, fulltime=True), QINGDAO)
    assert "sd-taishan-youth-join" not in [one.row.key for one in chosen.shown]
    assert [row.key for row in chosen.excluded] == ["sd-taishan-youth-join"]


def test_years_since_arrival_decide(analyser: Analyser) -> None:
    assert "qz-living-3" in _shown(analyser, Profile(tier="第三层次", arrived=0), QUANZHOU)
    assert "qz-living-3" not in _shown(analyser, Profile(tier="第三层次", arrived=8), QUANZHOU)


def test_the_provinces_class_counts_as_the_citys_tier_there_only(analyser: Analyser) -> None:
    assert {"qz-house-2", "fj-settle-b"} <= set(_shown(analyser, Profile(tier="B类"), QUANZHOU))
    assert not [key for key in _shown(analyser, Profile(tier="B类"), JINAN) if key.startswith("qz-")]


def test_nobody_is_offered_the_card_they_hold(analyser: Analyser) -> None:
    holder = Profile(honour=["泰山系列"], card=True)
    assert "sd-card-third" in _shown(analyser, Profile(honour=["泰山系列"]), JINAN)
    assert "sd-card-third" not in _shown(analyser, holder, JINAN)
    assert "sd-card-services" in _shown(analyser, holder, JINAN)


def test_the_place_is_asked_first_and_each_thing_once(analyser: Analyser) -> None:
    profile = Profile(degree="硕士")
    chosen = _choose(analyser, profile, None)
    assert chosen.ask == PLACE
    assert JINAN in chosen.places and QUANZHOU in chosen.places
    asked: list[str] = []
    for _ in range(8):
        ask = _choose(analyser, profile.model_copy(update={"asked": asked}), JINAN).ask
        if ask is None:
            break
        assert ask not in asked
        asked.append(ask)
    else:
        raise AssertionError("questions never end")


def test_an_answer_refines_and_one_not_offered_changes_nothing() -> None:
    known = Profile(degree="博士")
    assert answered(CATALOGUE, known, key="card", value="yes").card is True
    assert answered(CATALOGUE, known, key="arrived", value="9").arrived == 9
    assert answered(CATALOGUE, known, key="tier", value="unsure").tier is None
    made_up = answered(CATALOGUE, known, key="degree", value="院士")
    assert made_up.degree == "博士"


def test_the_list_says_what_it_rests_on_and_gives_no_verdict(shipped: Snapshot) -> None:
    content = _tell(shipped, "我女博士，济南的，35，能拿啥").reply.content
    assert content is not None
    figures, _, marks = content.items[0].partition("（")
    assert figures == "济南生活和租房补贴：博士每月1500元；购房补贴分15万元、10万元两档"
    assert marks == "济南市；2025年口径；非官方整理）"
    assert "博士、35周岁、济南市" in content.paragraphs[0]
    assert content.caution is not None and "最终以审核为准" in content.caution
    assert content.question == "您是全职引进（全职工作）吗？"
    assert '/tell_profile{"told": "fulltime=yes"}' in [button.payload for button in content.buttons]
    assert '/pick_faq{"faq": "jn-youth"}' in [button.payload for button in content.buttons]
    assert not any(word in content.plain_text() for word in ("您符合", "您可以领", "您能拿"))


def test_a_change_of_the_answer_silences_the_old_figure(analyser: Analyser, faqs: list[Faq]) -> None:
    changed = [
        faq.model_copy(
            update={
                "answer": faq.answer.model_copy(update={"paragraphs": ["济南：标准已经调整，博士1800元。"]})
            }
        )
        if faq.key == "jn-youth"
        else faq
        for faq in faqs
    ]
    snapshot = Snapshot(release=2, index=Index.build(analyser=analyser, faqs=changed), calibration=SHIPPED)
    content = _tell(snapshot, "我女博士，济南的，35，能拿啥").reply.content
    assert content is not None
    assert "1500" not in content.plain_text()
    assert "标准刚有更新" in content.items[0]


def test_an_expired_answer_gives_no_row(analyser: Analyser, faqs: list[Faq]) -> None:
    expired = [
        faq.model_copy(update={"valid_until": date(2026, 1, 1)}) if faq.key == "jn-youth" else faq
        for faq in faqs
    ]
    snapshot = Snapshot(release=2, index=Index.build(analyser=analyser, faqs=expired), calibration=SHIPPED)
    content = _tell(snapshot, "我女博士，济南的，35，能拿啥").reply.content
    assert content is not None
    assert "1500" not in content.plain_text()
    assert "没有查到济南市自己的相应标准" in "".join(content.paragraphs)


def test_where_nothing_fits_the_search_answers(shipped: Snapshot) -> None:
    considered = consider(Heard("我是硕士，人在威海，能拿什么补贴"), snapshot=shipped, catalogue=CATALOGUE)
    assert considered is not None
    assert tell(considered, snapshot=shipped, catalogue=CATALOGUE, region=None, today=TODAY) is None


def test_a_sentence_of_the_knowledge_has_its_own_answer(shipped: Snapshot) -> None:
    question = "引进到山东的国家百千万人才工程人选有什么待遇？"
    assert consider(Heard(question), snapshot=shipped, catalogue=CATALOGUE) is None


def test_typed_answers_below_the_list(shipped: Snapshot) -> None:
    known = {"degree": "博士", "regions": [JINAN], "asked": ["fulltime"]}
    typed = consider(Heard("柔性", known=known), snapshot=shipped, catalogue=CATALOGUE)
    assert typed is not None and typed.profile.fulltime is False and not typed.fresh
    other = consider(Heard("那硕士呢", known=known), snapshot=shipped, catalogue=CATALOGUE)
    assert other is not None and other.profile.degree == "硕士" and other.profile.regions == [JINAN]
    assert consider(Heard("惠才卡呢", known=known), snapshot=shipped, catalogue=CATALOGUE) is None
    elsewhere = consider(
        Heard("其他城市", known={"degree": "硕士", "asked": [PLACE]}), snapshot=shipped, catalogue=CATALOGUE
    )
    assert elsewhere is not None and elsewhere.profile.degree == "硕士"
    more = consider(Heard("我持有惠才卡", known=known), snapshot=shipped, catalogue=CATALOGUE)
    assert more is not None and more.profile.card is True
    assert meant_by("嗯嗯", yes=True, profile=known, catalogue=CATALOGUE) == "fulltime=yes"
    assert meant_by("不是", yes=False, profile=known, catalogue=CATALOGUE) == "fulltime=no"
    tiers = {"asked": ["tier"]}
    assert meant_by("没有", yes=False, profile=tiers, catalogue=CATALOGUE) == "tier=unsure"
    assert meant_by("好", yes=True, profile=tiers, catalogue=CATALOGUE) is None


def _choose(analyser: Analyser, profile: Profile, place: str | None) -> Chosen:
    usable = {row.faq for row in CATALOGUE.rows}
    places = [place] if place else []
    return choose(CATALOGUE, profile, places=places, usable=usable, lexicon=analyser.lexicon)


def _shown(analyser: Analyser, profile: Profile, place: str | None) -> list[str]:
    return [one.row.key for one in _choose(analyser, profile, place).shown]


def _tell(shipped: Snapshot, text: str) -> Told:
    considered = consider(Heard(text), snapshot=shipped, catalogue=CATALOGUE)
    assert isinstance(considered, Considered)
    told = tell(considered, snapshot=shipped, catalogue=CATALOGUE, region=None, today=TODAY)
    assert told is not None
    return told


def test_every_row_repeats_its_faq(faqs: list[Faq]) -> None:
    by_key = {faq.key: faq for faq in faqs}
    wrong = []
    for row in CATALOGUE.rows:
        faq = by_key.get(row.faq)
        same = faq and (faq.region, faq.place, faq.year, faq.confidence) == (
            row.region,
            row.place,
            row.year,
            row.confidence,
        )
        cited = faq and set(row.codes) <= {source.code for source in faq.sources}
        if not (faq and same and cited and faq.kind == "answer" and still_says(faq, row)):
            wrong.append(row.key)
    assert not wrong
    assert len({row.key for row in CATALOGUE.rows}) == len(CATALOGUE.rows)


def test_every_need_can_be_read_or_asked() -> None:
    known = set(Profile.model_fields) | {"age_max", "arrived_within"}
    assert {need for row in CATALOGUE.rows for need in row.needs.model_dump(exclude_defaults=True)} <= known
    honours = {value for one in CATALOGUE.honours for value in (one.value, *one.also)}
    assert {value for row in CATALOGUE.rows for value in row.needs.honour} <= honours


def test_what_an_older_version_kept_of_a_person_does_not_fail_the_talk(shipped: Snapshot) -> None:
    heard = Heard("有", known={"degree": "博士", "asked": ["card"], "no_longer_kept": 1})
    considered = consider(heard, snapshot=shipped, catalogue=CATALOGUE)
    assert considered and (considered.profile.degree, considered.profile.card) == ("博士", True)
