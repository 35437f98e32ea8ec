"""Which words begin a row that sums others up."""

from hypothesis import given
from hypothesis import strategies as st

from candid_assets.discovery.summary_words import summary_lead


@given(st.text(max_size=30))
def test_no_text_is_too_strange_to_be_asked(lead: str) -> None:
    word = summary_lead(lead)
    assert word is None or word in lead.lower()
