"""The research page: honest while there are no figures; and figures out of a spreadsheet."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from compass import research
from compass.charts import charts
from compass.models import ResearchFigure, ResearchWave
from compass.tables import read
from tests.factories import make_page, yesterday

pytestmark = pytest.mark.django_db

FILE = """tekst;engelsk;tal;enhed
Spørger før de beslutter;Ask before they decide;63,5;procent
Kan sige farvel til noget;;12;procent
Tillid til den anden part;;3,8;gennemsnit fra 1 til 5
"""


@pytest.fixture
def wave():
    make_page("Viden og forskning", slug="viden")
    return ResearchWave.objects.create(
        year=2023, title="Spørgeskema 2023", text="Fire sider.", published_at=yesterday()
    )


def import_figures(wave, text: str, **how) -> research.Import:
    return research.import_figures(wave, read(ContentFile(text.encode())), **how)


def figures(wave) -> list[tuple]:
    return [(figure.label, figure.value, figure.unit) for figure in wave.figures.all()]


# --- The page ------------------------------------------------------------------------------------


def test_without_figures_the_page_says_so_and_draws_nothing(page, wave):
    found = page("/viden/")
    assert "Der er ingen tal her endnu." in found.text
    assert not found.select("main svg, main table")


def test_figures_are_given_as_picture_sentence_and_table(page, wave):
    import_figures(wave, FILE)
    found = page("/viden/")
    assert "Der er ingen tal her endnu." not in found.texts(".kompas-wave")[0]
    picture = found.select("svg[role=img]")[0]
    assert picture.cssselect("title")[0].text_content() == "Søjler i procent: Spørgeskema 2023"
    sentence = (
        "Højest er «Spørger før de beslutter» med 63,5 procent. "
        "Lavest er «Kan sige farvel til noget» med 12 procent."
    )
    assert found.one(f"#{picture.get('aria-describedby')}").text_content() == sentence
    table = found.select("table")[0]
    assert [cell.text_content() for cell in table.cssselect("th, td")] == [
        "Hvad tallet viser", "Procent", "Spørger før de beslutter", "63,5", "Kan sige farvel til noget", "12",
    ]  # fmt: skip


def test_a_bar_is_as_long_as_its_scale_says(page, wave):
    import_figures(wave, FILE)
    widths = [bar.get("width") for bar in page("/viden/").select(".kompas-chart__bar")]
    assert widths == ["63.5%", "12.0%", "76.0%"]


def test_a_chart_of_figures_without_a_known_scale_is_as_wide_as_the_largest(wave):
    chosen = [
        ResearchFigure(wave=wave, label=label, value=Decimal(value), unit="svar")
        for label, value in [("a", 50), ("b", 200)]
    ]
    (chart,) = charts(chosen)
    assert [bar.width for bar in chart.bars] == ["25.0%", "100.0%"]


def test_figures_that_are_all_nothing_are_no_error(wave):
    (chart,) = charts([ResearchFigure(wave=wave, label="a", value=Decimal(0), unit="svar")])
    assert (chart.bars[0].width, chart.sentence) == ("0.0%", "a: 0 svar.")


def test_a_draft_is_for_editors(page, wave, editor):
    ResearchWave.objects.update(published_at=None)
    assert "Spørgeskema 2023" not in page("/viden/").text
    assert "Spørgeskema 2023" in page("/viden/", by=editor).text


# --- Out of a spreadsheet ------------------------------------------------------------------------


def test_a_file_is_the_whole_list_of_a_wave(wave):
    import_figures(wave, "tekst;tal\nEt gammelt tal;1\n")
    import_figures(wave, FILE)
    assert figures(wave) == [
        ("Spørger før de beslutter", Decimal("63.5"), "procent"),
        ("Kan sige farvel til noget", Decimal(12), "procent"),
        ("Tillid til den anden part", Decimal("3.8"), "gennemsnit fra 1 til 5"),
    ]
    assert wave.figures.first().label_en == "Ask before they decide"


def test_commas_may_stand_between_the_columns_as_well(wave):
    assert not import_figures(wave, 'Tekst,Tal\r\n"Et, to og tre",12.5\r\n').errors
    assert figures(wave) == [("Et, to og tre", Decimal("12.5"), "procent")]


def test_trying_it_out_changes_nothing_and_shows_what_would_be(wave):
    result = import_figures(wave, FILE, dry_run=True)
    assert result.figures[0].label == "Spørger før de beslutter"
    assert figures(wave) == []


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("tekst;enhed\na;procent\n", ["Første række mangler kolonnen: tal."]),
        ("navn;værdi\na;1\n", ["Første række mangler kolonnen: tal, tekst."]),
        (
            "tekst;tal\na;mange\n;7\n",
            [
                "Række 2, kolonnen «tal»: Indtast et tal.",
                "Række 3, kolonnen «tekst»: Dette felt er påkrævet.",
            ],
        ),
        ("tekst;tal\na;-1\n", ["Række 2, kolonnen «tal»: Denne værdi skal være større end eller lig 0."]),
        (
            "tekst;tal\na;1.412\n",
            [
                (
                    "Række 2, kolonnen «tal»: «1.412» kan læses på to måder. "
                    "Skriv det uden punktum: 1412 eller 1,41."
                ),
            ],
        ),
    ],
)
def test_what_is_wrong_is_said_line_by_line_and_nothing_is_changed(wave, text, errors):
    import_figures(wave, "tekst;tal\nDet, der var;1\n")
    result = import_figures(wave, text)
    assert [error.replace("\xa0", " ") for error in result.errors] == errors
    assert figures(wave) == [("Det, der var", Decimal(1), "procent")]


def test_a_file_as_a_danish_excel_saves_it_is_read(wave):
    text = "sep=;\r\ntekst;tal;enhed;;\r\nPrøver på ny;1.412,5;svar;;\r\n;;;;\r\n"
    result = research.import_figures(wave, read(ContentFile(text.encode("cp1252"))))
    assert "Windows-1252" in result.note
    assert figures(wave) == [("Prøver på ny", Decimal("1412.5"), "svar")]


def test_the_command_imports_says_what_and_can_be_tried_first(wave, tmp_path):
    file = tmp_path / "tal.csv"
    file.write_text(FILE, encoding="utf-8")
    out = StringIO()
    call_command("import_figures", "2023", str(file), "--dry-run", stdout=out)
    assert "1. Spørger før de beslutter: 63,5 procent" in out.getvalue()
    assert figures(wave) == []
    call_command("import_figures", "2023", str(file), stdout=out)
    assert len(figures(wave)) == 3


def test_the_command_says_what_is_wrong(wave, tmp_path):
    file = tmp_path / "tal.csv"
    file.write_text("tekst;tal\na;b\n", encoding="utf-8")
    for year, path, message in [
        ("2023", file, "Række 2, kolonnen «tal»"),
        ("1999", file, "Der er ingen undersøgelse fra 1999"),
        ("2023", tmp_path / "findes-ikke.csv", "Filen kan ikke læses"),
    ]:
        with pytest.raises(CommandError, match=message):
            call_command("import_figures", year, str(path))
