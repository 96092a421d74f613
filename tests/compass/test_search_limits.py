"""Whatever is searched for is answered: no text reaches the limit of a function of the database."""

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compass.forms import MOST_LETTERS, SearchForm
from compass.search import find, story_ids, suggest
from publishing.tidy_text import tidy
from tests.factories import make_story

ODD = [
    "år" * 100, "år " * 66, "aar" * 66, "å" * 200, "🙂" * 200, "字" * 200, "a\u0301" * 100, "ﷺ" * 200,
    "ß" * 200,
    "İ" * 200, "x" * 200, "' : * & | ! ( ) < > \\", "a:*b", "<->" * 60, "%_" * 100, "1" * 200, "a-b" * 60,
    "\ud800", "borger" * 33, "ŉ" * 200, "a\u00adb" * 60, "\u202e" * 200, "e" + "\u0301" * 199,
]  # fmt: skip
texts = st.one_of(
    st.text(max_size=MOST_LETTERS),
    st.text(st.characters(categories=["L", "N", "M"]), max_size=MOST_LETTERS),
    st.builds(
        lambda word, between, times: (f"{word}{between}" * times)[:MOST_LETTERS],
        st.sampled_from(["år", "å", "borger", "inddragelse", "𐐷", "字", "ẞ", "mål", "ab"]),
        st.sampled_from(["", " ", "-", "\u200d"]),
        st.integers(1, 200),
    ),
)


@pytest.fixture
def stories(db):
    for title in ["Aar efter aar", "Åååår", "Ny model for borgerinddragelse", "aar" * 30, "å" * 60]:
        make_story(title)


def search(text, user):
    """As the pages do: what the form refuses is never looked up."""
    form = SearchForm({"q": tidy(text)})
    if form.is_valid():
        find(form.cleaned_data["q"], user)
        suggest(form.cleaned_data["q"], user)
    story_ids(text)


@pytest.mark.parametrize("text", ODD)
def test_an_odd_search_is_answered(client, staff, stories, text):
    search(text, staff)
    if text.isprintable():
        for address in ["/soeg/", "/soeg/forslag/"]:
            assert client.get(address, {"q": text}).status_code in {200, 400}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts)
def test_any_search_is_answered(staff, stories, text):
    search(text, staff)


@pytest.mark.parametrize("text", ["x" * 5_000, "år " * 5_000, "\0", "a\0b", *ODD])
def test_the_admin_answers_any_search(editor_client, stories, text):
    if not text.isprintable() and "\0" not in text:
        return
    for address in [
        "/admin/compass/story/", "/admin/compass/theme/", "/admin/compass/dilemma/",
        "/admin/autocomplete/?app_label=compass&model_name=story&field_name=themes&term=",
    ]:  # fmt: skip
        sent = {"q": text} if "?" not in address else {}
        address += quote(text) if "?" in address else ""
        assert editor_client.get(address, sent or None).status_code in {200, 400}
