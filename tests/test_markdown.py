import pytest
from lxml import html

from publishing.markdown import TAGS, to_html
from publishing.readability import sentences_of

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[klik](javascript:alert(1))",
    "[klik](JaVaScRiPt:alert(1))",
    "[klik](java\tscript:alert(1))",
    "[klik](&#106;avascript:alert(1))",
    "[klik](data:text/html;base64,PHNjcmlwdD4=)",
    "[klik](vbscript:msgbox(1))",
    "![billede](javascript:alert(1))",
    '[klik](/x "onmouseover=alert(1)")',
    "<a href='javascript:alert(1)'>klik</a>",
    "<iframe src=https://ond.example.dk></iframe>",
    "<style>body{display:none}</style>",
    '<p style="position:fixed">hej</p>',
    "<form action=https://ond.example.dk><input name=kode></form>",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "| a |\n|---|\n| <script>alert(1)</script> |",
    "<https://ond.example.dk/\"onmouseover=alert(1)>",
    "<javascript:alert(1)>",
    "# <b onclick=alert(1)>hej</b>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "<!--><script>alert(1)</script>-->",
]  # fmt: skip


@pytest.mark.parametrize("text", ATTACKS)
def test_nothing_but_the_allowed_html_comes_out(text):
    for element in html.fragment_fromstring(to_html(text), "div").iter():
        assert element.tag in TAGS | {"div"}
        assert set(element.attrib) <= {"href", "start", "title", "scope"}
        assert element.get("href", "/").startswith(("/", "http://", "https://", "mailto:"))


def test_what_looks_like_html_is_shown_as_it_was_typed():
    assert to_html("<script>alert(1)</script>") == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"


def test_editors_get_headings_lists_tables_and_links():
    text = "## Trin\n\n3. **Saml** ind\n4. *Spørg*\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[Veje](/veje/)"
    tree = html.fragment_fromstring(to_html(text), "div")
    assert [element.tag for element in tree] == ["h2", "ol", "table", "p"]
    assert tree.cssselect("ol")[0].get("start") == "3"
    assert tree.cssselect("a")[0].get("href") == "/veje/"
    assert [heading.get("scope") for heading in tree.cssselect("th")] == ["col", "col"]


def test_danish_letters_and_quotation_marks_stay():
    assert to_html("«Æblegrød» – på bålet & i ånden") == ("<p>«Æblegrød» – på bålet &amp; i ånden</p>\n")


def tree_of(text):
    return html.fragment_fromstring(to_html(text), "div")


def test_a_footnote_leads_down_and_back_and_two_texts_of_a_page_do_not_meet():
    first, second = tree_of("Et ord.[^1]\n\n[^1]: Kilden."), tree_of("Et andet.[^1]\n\n[^1]: En kilde.")
    down, back = first.cssselect("sup a")[0], first.cssselect("section a")[0]
    assert down.get("aria-label") == "Note 1"
    assert [element.get("id") for element in first.cssselect("li")] == [down.get("href")[1:]]
    assert back.get("href") == f"#{down.get('id')}"
    assert back.text_content() == "Tilbage til teksten"
    assert down.get("id") != second.cssselect("sup a")[0].get("id")


def test_a_fact_box_has_its_own_name():
    box = tree_of("::: faktaboks Tal\nDer var **50**.\n:::").cssselect("aside")[0]
    assert box.get("aria-label") == "Tal"
    assert box.text_content().split() == ["Tal", "Der", "var", "50."]


def test_a_picture_of_ours_is_a_figure_and_of_others_is_nothing():
    figure = tree_of('![Et bord.](/billeder/0-960.webp "Foto: Ada")').cssselect("figure")[0]
    assert figure.cssselect("img")[0].get("alt") == "Et bord."
    assert figure.cssselect("figcaption")[0].text_content() == "Foto: Ada"
    assert not tree_of("![Et bord.](https://andre.example.dk/x.png)").cssselect("img")


def test_the_numbers_of_notes_are_no_words_of_the_text():
    assert sentences_of("Et ord.[^1] Et til.\n\n[^1]: Kilden.")[:2] == ["Et ord", " Et til"]
