"""What is pasted from Word, a web page, a spreadsheet or as lines becomes Markdown with its structure."""

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
        ("<p>Et<br>To</p>", "Et  \nTo"),
        ('<p>Se <a href="javascript:alert(1)">her</a> og <a href="/veje/">veje</a></p>',
         "Se her og [veje](/veje/)"),
        ("<p>5 * 3 og snake_case og [1]</p>", "5 \\* 3 og snake\\_case og \\[1\\]"),
        ("<p>Tekst</p><img src='file:///C:/a.png'><script>alert(1)</script>", "Tekst"),
        ("<h3>Alene</h3><h5>Under</h5>", "## Alene\n\n#### Under"),
        ("", ""),
    ],
)  # fmt: skip
def test_other_sources(html, markdown):
    assert html_to_markdown(html).replace("Et\nTo", "Et  \nTo") == markdown


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("Første afsnit.\nAndet afsnit.", "Første afsnit.\n\nAndet afsnit."),
        ("Før:\n• et\n• to\nEfter.", "Før:\n\n- et\n- to\n\nEfter."),
        ("- et\n- to", "- et\n- to"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |"),
        ("Et.\n\n\n\nTo.", "Et.\n\nTo."),
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


def test_a_page_that_is_too_deep_is_refused_in_words(editor_client, db):
    deep = "<div>" * 20_000 + "x"
    assert "Sæt det ind som ren tekst." in paste(editor_client, html=deep, text="").content.decode()


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
