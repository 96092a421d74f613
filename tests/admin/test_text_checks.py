"""While an editor writes: what to look at again, and the text as the reader will see it."""

import pytest
from django.urls import reverse

from compass.models import Story
from publishing.admin.references import is_good_link, own_path
from publishing.text_lint import findings
from tests.admin.conftest import admin_url, messages_of
from tests.factories import make_story, tomorrow

LONG = "Da vi mødtes i maj for at tale om stien langs åen, som mange går og cykler på hver dag hele året, fandt vi ud af, at ingen vidste hvorfor."  # noqa: E501
NO_WORDS = (
    "Et billede mangler en tekst om, hvad det viser. "
    "Skriv den mellem de skarpe parenteser: ![det, billedet viser](adressen)."
)
NOT_SHOWN = (
    "Et billede fra et andet sted bliver ikke vist. "
    "Læg det op under «Billeder», og vælg det med knappen «Billede»."
)
SHORT = "Vi mødtes i maj. Der var kaffe."


def told(text, *, good=(), **options) -> list[str]:
    found = findings(text, is_good_link=lambda address: address in good, **options)
    return [finding.sentence for finding in found]


# --- The checks --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        (f"## Mødet\n\n{SHORT}\n\n### Bagefter\n\n{SHORT}\n\n## Til sidst\n\n{SHORT}", []),
        ("# Mødet", ["Skriv ## foran «Mødet». Ét # er sidens egen titel."]),
        ("### Mødet", ["Skriv ## foran «Mødet». Niveauet før den er #."]),
        ("## Mødet\n\n#### Kaffen", ["Skriv ### foran «Kaffen». Niveauet før den er ##."]),
        ("##\n\nTekst.", ["En mellemrubrik er tom. Skriv, hvad afsnittet handler om, eller slet den."]),
        ("[Læs om stien](https://example.dk)", []),
        ("[Klik her](https://example.dk)",
         ["Linket «Klik her» siger ikke, hvor det fører hen. Skriv det, læseren finder dér."]),
        ("[Læs mere …](https://example.dk)",
         ["Linket «Læs mere …» siger ikke, hvor det fører hen. Skriv det, læseren finder dér."]),
        ("[](https://example.dk)",
         ["Linket til https://example.dk har ingen tekst. Skriv, hvor det fører hen."]),
        (f"{SHORT} [https://example.dk](https://example.dk)",
         ["Skriv, hvor linket https://example.dk fører hen, i stedet for adressen."]),
        ("Se https://example.dk/a for mere.",
         ["https://example.dk/a er ikke et link. Skriv [det, læseren ser](https://example.dk/a)."]),
        ("[Stien](/findes/)", []),
        ("[Stien](/vaek/)", ["Linket til /vaek/ fører ingen steder hen. Ret adressen."]),
        (SHORT, []),
        (LONG, ["Sætningen «Da vi mødtes i maj for at …» har 30 ord. Del den i to."]),
        ("Kommunalbestyrelsen behandlede indstillingen vedrørende borgerinddragelse.",
         ["Teksten har LIX 105 (meget svær). Prøv kortere sætninger og ord."]),
        ("![](a.png)",
         [NO_WORDS]),
        ("![Et bord](a.png)",
         [NOT_SHOWN]),
        ("![Et bord](/billeder/0-960.webp)", []),
        ("`[her](/vaek/)`", []),
        ("2024. Et godt år.",
         ["«2024. Et godt år. …» bliver punkt 2024 på en liste. Er det et årstal, så skriv 2024\\."]),
        ("Vi mødtes.\n- og så gik vi",
         [("«- og så gik vi …» bliver et punkt. "
          "Er det en liste, så lad en linje være tom før. Ellers skriv –.")]),
        ("Vi lovede:\n\n- at komme\n- at blive", []),
        ("• at komme", ["«• at komme …» bliver ikke et punkt. Skriv - i stedet for tegnet foran."]),
        ("Vi mødtes.\nDer var kaffe.",
         ["Linjerne fra «Vi mødtes. …» bliver ét afsnit. Lad en linje være tom imellem, hvis de er to."]),
    ],
)  # fmt: skip
def test_each_thing_is_said_in_one_sentence(text, sentences):
    assert told(text, good=["/findes/"]) == sentences


def test_a_long_sentence_is_counted_as_the_reader_meets_it():
    assert len(LONG.split()) == 30
    assert told(" ".join(["ord"] * 25) + ".") == []
    assert len(told(" ".join(["ord"] * 26) + ".")) == 1


def test_the_same_thing_is_not_said_more_than_five_times():
    found = told("\n\n".join(f"[her](https://example.dk/{number})" for number in range(9)))
    assert len(found) == 6
    assert found[-1] == "Det samme gælder 4 steder mere."


def test_english_is_not_measured_with_a_danish_number():
    hard = "Kommunalbestyrelsen behandlede indstillingen vedrørende borgerinddragelse."
    assert told(hard, with_lix=False) == []


def test_only_a_picture_without_words_must_be_mended():
    found = findings(f"![](a.png)\n\n# A\n\n[her](/b/)\n\n{LONG}", is_good_link=lambda address: False)
    assert [finding.must for finding in found] == [True, *[False] * (len(found) - 1)]
    assert len(found) > 4


def test_a_link_within_the_portal_is_good_when_a_reader_finds_a_page(db):
    make_story(slug="ude")
    make_story(slug="paa-vej", published_at=tomorrow())
    moved = make_story(slug="gammel")
    moved.slug = "ny"
    moved.save()
    good = [
        "/",
        "/historier/",
        "/historier/ude/",
        "/en/historier/ude/",
        "/historier/ude/?a=1#b",
        "/historier/gammel/",
    ]
    bad = ["/historier/paa-vej/", "/historier/findes-ikke/", "/ingen/vej/hertil/", "/findes-ikke/"]
    assert [address for address in [*good, *bad] if is_good_link(address)] == good


# --- In the admin --------------------------------------------------------------------------------------


def address(model, page) -> str:
    return admin_url(model, page)


def test_the_advice_comes_while_one_writes_and_nothing_is_saved(editor_client, db):
    story = make_story()
    answer = editor_client.post(
        address(Story, "check"), {"text": "[her](/vaek/)\n\n<script>alert(1)</script>"}
    )
    text = answer.content.decode()
    assert text.count("<li>") == 2
    assert "Linket «her» siger ikke" in text
    assert "<script>" not in text
    assert Story.objects.get() == story


def test_a_good_text_is_told_so(editor_client, db):
    text = editor_client.post(address(Story, "check"), {"text": SHORT}).content.decode()
    assert "Ingen bemærkninger til teksten." in text


def test_the_preview_is_what_the_page_shows(editor_client, page, db):
    body = "## Mødet\n\nVi **mødtes** <img src=x onerror=alert(1)> i maj.\n\n- kaffe\n- te"
    shown = editor_client.post(address(Story, "preview"), {"text": body}).content.decode()
    story = make_story(body=body)
    prose = page(story.get_absolute_url()).one(".kompas-prose")
    assert "<h2>Mødet</h2>" in shown
    assert "<img" not in shown
    inner = "".join(line.strip() for line in shown.splitlines())
    assert [element.text_content() for element in prose] == [
        "Mødet",
        "Vi mødtes <img src=x onerror=alert(1)> i maj.",
        "\nkaffe\nte\n",
    ]
    assert "<li>kaffe</li>" in inner


@pytest.mark.parametrize("page_name", ["check", "preview"])
def test_who_may_not_edit_is_told_nothing(
    client, staff_client, method_owner_client, editor_client, db, page_name
):
    where = address(Story, page_name)
    assert method_owner_client.post(where, {"text": "a"}).status_code == 403
    assert staff_client.post(where, {"text": "a"}).status_code == 302
    assert client.post(where, {"text": "a"}).status_code == 302
    assert editor_client.get(where).status_code == 405


@pytest.mark.parametrize("page_name", ["check", "preview"])
def test_a_text_beyond_measure_is_answered_in_words(editor_client, db, page_name):
    answer = editor_client.post(address(Story, page_name), {"text": "a" * 200_001})
    assert answer.status_code == 200
    assert "Teksten er for lang" in answer.content.decode()


def test_a_picture_without_words_is_not_saved_and_nothing_typed_is_lost(admin_page, edit, editor_client, db):
    story = make_story()
    before = story.body
    page = edit(story, {"body": "Se her: ![](a.png)"}, by=editor_client)
    story.refresh_from_db()
    assert story.body == before
    assert page.one("textarea[name=body]").text.strip() == "Se her: ![](a.png)"
    assert "Et billede mangler en tekst om, hvad det viser." in page.texts(".field-body .errorlist li")[0]


def test_without_scripts_the_advice_comes_when_the_text_is_saved(edit, editor_client, db):
    page = edit(make_story(), {"body": "### Mødet\n\n[her](/vaek/)"}, by=editor_client)
    told_after = [text for text in messages_of(page) if text.startswith("Gemt. Se på feltet «Tekst» igen")]
    assert len(told_after) == 1
    assert "Linket til /vaek/ fører ingen steder hen." in told_after[0]


def test_a_text_that_was_not_changed_is_not_spoken_of_again(edit, editor_client, db):
    page = edit(make_story(body="### Mødet"), {"title": "Ny titel"}, by=editor_client)
    assert not any("Se på feltet" in text for text in messages_of(page))


def test_each_markdown_field_knows_where_to_ask(admin_page, editor_client, db):
    form = admin_page(admin_url(make_story()), by=editor_client)
    asked = {field.get("name"): field.get("data-english") for field in form.select("textarea[data-check]")}
    assert asked == {"body": None, "talk": None, "body_en": "true", "talk_en": "true"}
    assert {field.get("data-check") for field in form.select("textarea[data-check]")} == {
        address(Story, "check")
    }


@pytest.mark.parametrize("written", ["http://[", "//[x", "https://ex[ample/"])
def test_an_address_that_is_none_is_nobodys(editor_client, written):
    """A page that looks through all links says so of no other address either."""
    make_story(body=f"Se [her]({written}).")
    assert own_path(written) == ""
    assert editor_client.get(reverse("admin:broken_links")).status_code == 200
