"""The band decision as a pure function."""

from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.rules import (
    MOST_OFFERS,
    MOST_PLACES,
    Band,
    Fit,
    Option,
    Place,
    decide,
    decide_elsewhere,
    fit_of,
    is_crisis,
    place_asked,
)
from bot.settings import PROJECT
from bot.text.lexicon import load_lexicon

LEXICON = load_lexicon(PROJECT / "data" / "lexicon")
regions = st.sampled_from(["000000", "370000", "371300", "370200", "370602", "350500", "350583"])
options = st.lists(
    st.builds(
        Option,
        key=st.uuids().map(str),
        region=regions,
        published=st.booleans(),
        total=st.floats(0, 10),
        fit=st.sampled_from([Fit.OWN, Fit.BELOW]),
        twin_of_best=st.booleans(),
    ),
    max_size=8,
).map(lambda found: sorted(found, key=lambda option: -option.total))
places = st.one_of(
    st.just(Place(codes=(), named=False)),
    st.builds(lambda code, named: Place(codes=(code,), named=named), regions, st.booleans()),
)


@given(options, st.floats(0, 1), st.booleans(), places)
def test_bands(found: list[Option], probability: float, exact: bool, place: Place) -> None:
    decision = decide(
        found, probability=probability, exact=exact, answer_at=0.7, offer_at=0.2, place=place, lexicon=LEXICON
    )
    by_key = {option.key: option for option in found}
    sure = exact or probability >= 0.7
    match decision.band:
        case Band.ANSWER | Band.NOT_PUBLISHED:
            option = by_key[decision.keys[0]]
            assert sure and option.fit is Fit.OWN
            assert option.published == (decision.band is Band.ANSWER)
        case Band.OFFER:
            assert 1 <= len(decision.keys) <= MOST_OFFERS
        case Band.CLARIFY:
            assert sure and 2 <= len(decision.regions) <= MOST_PLACES
            assert len(set(decision.regions)) == len(decision.regions)
        case Band.NONE:
            assert not found or (not sure and probability < 0.2)


@given(options, st.floats(0, 1), places)
def test_a_named_place_never_gets_another_places_answer(
    found: list[Option], probability: float, place: Place
) -> None:
    decision = decide_elsewhere(found, probability=probability, exact=False, answer_at=0.7, place=place)
    assert decision.band in (Band.NONE, Band.OFFER)
    if place.named:
        assert decision.band is Band.NONE


@given(regions, regions)
def test_fit_follows_the_chain(faq_region: str, code: str) -> None:
    place = Place(codes=(code,), named=False)
    fit = fit_of(faq_region=faq_region, place=place, lexicon=LEXICON, proper=True)
    if faq_region in LEXICON.chain(code):
        assert fit is Fit.OWN
    elif code in LEXICON.chain(faq_region):
        assert fit is Fit.BELOW
    else:
        assert fit is Fit.OTHER


def test_the_named_place_wins_unless_it_holds_the_known_one() -> None:
    assert place_asked(named=["370200"], region="370600", lexicon=LEXICON).codes == ("370200",)
    assert place_asked(named=["370000"], region="371300", lexicon=LEXICON).codes == ("371300",)
    assert place_asked(named=["350500"], region="350582", lexicon=LEXICON).codes == ("350500",)
    assert place_asked(named=[], region=None, lexicon=LEXICON).codes == ()
    assert place_asked(named=[], region="999999", lexicon=LEXICON).codes == ()


def test_crisis_words() -> None:
    assert is_crisis("我真的不想活了") and is_crisis("活不下去了怎么办")
    assert not is_crisis("惠才卡有效期几年")
