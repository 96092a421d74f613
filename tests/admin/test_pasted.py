"""What is pasted from Word, a web page, a spreadsheet or as lines becomes Markdown with its structure."""

import time

import pytest
from lxml import html as lxml_html

from compass.models import Story
from publishing.markdown import to_html
from publishing.pasted import html_to_markdown, lines_to_markdown
from tests.admin.conftest import admin_url
from tests.factories import make_picture, make_story

SIGN = "<![if !supportLists]><span style='mso-list:Ignore'>{}<span>&nbsp;&nbsp; </span></span><![endif]>"


def item(text, sign="·", level=1, number=0):
    style = f"text-indent:-18.0pt;mso-list:l{number} level{level} lfo1"
    return f"<p class=MsoListParagraph style='{style}'>{SIGN.format(sign)}{text}<o:p></o:p></p>"


WORD = f"""<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p {{margin:0}}</style></head>
<body><!--StartFragment-->
<p class=MsoTitle>Mødet på Bispehaven<o:p></o:p></p>
<h2>Sådan gjorde de</h2>
<p class=MsoNormal>De <b>mødtes</b> i <i>maj</i> og læste <a href="https://aarhus.dk/x">om det</a>.<a
href="#_ftn1" name="_ftnref1"><span><![if !supportFootnotes]>[1]<![endif]></span></a></p>
<p class=MsoNormal>2024. Et godt år</p>
<p class=MsoNormal>- og så videre</p>
{item("Vi kommer til tiden")}
{item("Også om morgenen", "o", level=2)}
{item("Vi siger til")}
<p class=MsoNormal>Så var der to trin:</p>
{item("Først", "1.", number=1)}
{item("Så", "2.", number=1)}
<table class=MsoTableGrid><tr><td><p><b>År</b></p></td><td><p>Antal</p></td></tr>
<tr><td><p>2018</p></td><td><p>50</p></td></tr></table>
<div style='mso-element:footnote-list'><hr><div style='mso-element:footnote' id=ftn1><p><a
href="#_ftnref1" name="_ftn1"><span>[1]</span></a> Kilde: avisen.</p></div></div>
<!--EndFragment--></body></html>"""

FROM_WORD = """## Mødet på Bispehaven

### Sådan gjorde de

De **mødtes** i *maj* og læste [om det](https://aarhus.dk/x).[^1]

2024\\. Et godt år

\\- og så videre

- Vi kommer til tiden
  - Også om morgenen
- Vi siger til

Så var der to trin:

1. Først
2. Så

| **År** | Antal |
| --- | --- |
| 2018 | 50 |

[^1]: Kilde: avisen."""


def test_a_text_from_word_keeps_its_structure():
    assert html_to_markdown(WORD) == FROM_WORD


def test_the_reader_gets_the_structure():
    tree = lxml_html.fragment_fromstring(to_html(html_to_markdown(WORD)), "div")
    tags = [element.tag for element in tree]
    assert tags == ["h2", "h3", "p", "p", "p", "ul", "p", "ol", "table", "section"]
    assert "2024. Et godt år" in tree.text_content()
    assert len(tree.cssselect("ul ul li")) == 1


REVISED = "<p>Vi <b>h</b><b>older</b> <del>mange</del><ins>få</ins> møder <s>nu</s>.</p>"
COMMENTED = (
    '<p><a style="mso-comment-reference:A_1">Få</a><span class=MsoCommentReference><a class=msocomanchor '
    'href="#_msocom_1">[A1]</a></span> møder</p><div style="mso-element:comment-list"><hr><p>Hvad?</p></div>'
)
SPANNING = (
    "<table><tr><td colspan=2>År</td></tr><tr><td rowspan=2>a|b</td><td><ul><li>1</li><li>2</li></ul></td>"
    "</tr><tr><td>3</td></tr></table>"
)
TRACKED = (
    '<a href="https://www.google.com/url?q=https://aarhus.dk/a%20(b)&amp;sa=D">a</a>'
    '<a href="https://e.safelinks.protection.outlook.com/?url=https%3A%2F%2Faarhus.dk%2Fb&amp;data=1">b</a>'
    '<a href="https://www.google.com/url?q=javascript:alert(1)">c</a>'
)
LONG_NOTE = (
    '<p>Loven<a href="#_ftn1">[1]</a></p><div id=ftn1><p><a href="#_ftnref1">[1]</a>§ 1.</p><p>§ 2.</p></div>'
)


def in_browser(level, text):
    """An item of a list, as Word in the browser writes it."""
    return f'<div class="ListContainerWrapper"><ul><li aria-level="{level}"><p>{text}</p></li></ul></div>'


GOOGLE = (
    '<meta charset="utf-8"><b style="font-weight:normal" id="docs-internal-guid-1"><h1>Mødet</h1>'
    '<p><span style="font-weight:700">Fed</span><span> og </span>'
    '<span style="font-style:italic">skrå</span></p>'
    "<ul><li><p>et</p></li><li><p>to</p></li></ul></b>"
)


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        (GOOGLE, "## Mødet\n\n**Fed** og *skrå*\n\n- et\n- to"),
        ("<table><tr><td>År</td><td>Tal</td></tr><tr><td>2018</td><td>50</td></tr></table>",
         "| År | Tal |\n| --- | --- |\n| 2018 | 50 |"),
        ("<p>Rådhuset<br>8000 Aarhus C<br></p><p><br></p><p>Ring<br><br>Skriv</p>",
         "Rådhuset\\\n8000 Aarhus C\n\nRing\n\nSkriv"),
        ('<p>Se <a href="javascript:alert(1)">her</a> og <a href="/veje/">veje</a></p>',
         "Se her og [veje](/veje/)"),
        ("<p>5 * 3 og snake_case og [1]</p>", "5 \\* 3 og snake\\_case og \\[1\\]"),
        ("<p>Tekst</p><img src='file:///C:/a.png'><script>alert(1)</script>", "Tekst"),
        ("<h3>Alene</h3><h5>Under</h5>", "## Alene\n\n#### Under"),
        (REVISED, "Vi **holder** få møder nu."),
        (COMMENTED, "Få møder"),
        ('<p class=MsoToc1>Indledning 3</p><h1>Indledning</h1>', "## Indledning"),
        (item("Tre", "3.") + item("Fire", "4."), "3. Tre\n4. Fire"),
        ("<ul><li><p>Et</p></li><ul><li>Under</li></ul><li>To</li></ul>", "- Et\n  - Under\n- To"),
        (in_browser(1, "Et") + in_browser(2, "Under") + in_browser(1, "To"), "- Et\n  - Under\n- To"),
        ('<p role="heading" aria-level="1">Mødet</p><dl><dt>Ord</dt><dd>Det betyder</dd></dl>',
         "## Mødet\n\n**Ord**\n\nDet betyder"),
        (SPANNING, "| År |  |\n| --- | --- |\n| a\\|b | 1 2 |\n|  | 3 |"),
        (TRACKED, "[a](https://aarhus.dk/a%20%28b%29)[b](https://aarhus.dk/b)c"),
        (LONG_NOTE, "Loven[^1]\n\n[^1]: § 1. § 2."),
        ("", ""),
    ],
)  # fmt: skip
def test_other_sources(html, markdown):
    assert html_to_markdown(html) == markdown


FROM_PDF = """Kommunen har besluttet at holde færre møder og at de
skal være kortere. Det gælder for alle afdelinger i kom-
munen, også i Aarhus Syd.
Hvad sker der nu?
Forvaltningen spørger først dem, der har børn i en skole-
og dagtilbudsordning, og så de andre.
• Vi kommer til tiden, og vi går til tiden, når det er
muligt.
• Te"""
OF_PDF = """Kommunen har besluttet at holde færre møder og at de skal være kortere. Det gælder for alle \
afdelinger i kommunen, også i Aarhus Syd.

Hvad sker der nu?

Forvaltningen spørger først dem, der har børn i en skole- og dagtilbudsordning, og så de andre.

- Vi kommer til tiden, og vi går til tiden, når det er muligt.
- Te"""


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("Første afsnit.\nAndet afsnit.", "Første afsnit.\n\nAndet afsnit."),
        ("Før:\n• et\n• to\nEfter.", "Før:\n\n- et\n- to\n\nEfter."),
        ("- et\n- to", "- et\n- to"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |"),
        ("Et.\n\n\n\nTo.", "Et.\n\nTo."),
        ("kaffe\nte", "kaffe\n\nte"),
        (FROM_PDF, OF_PDF),
    ],
)
def test_plain_lines_are_paragraphs(text, markdown):
    assert lines_to_markdown(text) == markdown


# --- In the admin --------------------------------------------------------------------------------------


def paste(client, **sent):
    return client.post(f"{admin_url(Story, 'changelist')}indsat/", sent)


def test_what_is_pasted_is_shown_before_it_stands(editor_client, db):
    shown = paste(editor_client, html=WORD, text="").content.decode()
    assert "<h3>Sådan gjorde de</h3>" in shown
    assert "[^1]: Kilde: avisen." in shown
    assert "kommer ikke med" not in shown


def test_what_does_not_come_along_is_said(editor_client, db):
    shown = paste(editor_client, html=f"{REVISED}<img src='file:///C:/a.png'>", text="").content.decode()
    assert "Billeder kommer ikke med." in shown
    assert "slettet med sporede ændringer, kommer ikke med" in shown


def test_a_page_that_is_too_deep_is_refused_in_words(editor_client, db):
    deep = "<div>" * 20_000 + "x"
    assert "Sæt det ind som ren tekst." in paste(editor_client, html=deep, text="").content.decode()


@pytest.mark.parametrize(
    "html",
    [
        "<p>" + "<b>a</b>" * 2_000 + "</p>",
        "<table><tr>" + "<td colspan=20 rowspan=20>x</td>" * 2_000 + "</tr></table>",
    ],
)
def test_what_is_pasted_in_thousands_of_pieces_is_read_in_seconds(html):
    started = time.process_time()
    html_to_markdown(html)
    assert time.process_time() - started < 5  # it took minutes


def test_only_those_who_may_write_may_ask(method_owner_client, client, db):
    assert paste(method_owner_client, html="<p>x</p>").status_code == 403
    assert paste(client, html="<p>x</p>").status_code == 302


def test_links_lead_to_everything_public_and_to_nothing_else(editor_client, db):
    make_story("Bænken ved åen", slug="baenken")
    make_story("Bænken i kladde", published_at=None)
    found = editor_client.post(f"{admin_url(Story, 'changelist')}link/", {"q": "bænken"}).content.decode()
    assert 'data-address="/historier/baenken/"' in found
    assert "kladde" not in found


def test_a_picture_in_a_public_text_is_for_everybody_and_stays(client, editor_client, settings, tmp_path, db):
    settings.MEDIA_ROOT = tmp_path
    picture = make_picture("Et bord.")
    found = editor_client.post("/admin/compass/picture/vaelg/", {"q": "bord"}).content.decode()
    assert f'data-address="{picture.address}"' in found
    assert client.get(picture.address).status_code == 404
    story = make_story(body=f'![Et bord.]({picture.address} "Foto: Ada")', published_at=None)
    assert client.get(picture.address).status_code == 404
    story.publish()
    assert client.get(picture.address).status_code == 200
    asked = editor_client.post(admin_url(picture, "delete"), {"post": "yes", "successor": ""})
    assert "Billedet står i teksten" in asked.content.decode()
