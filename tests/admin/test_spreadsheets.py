"""Import and export by spreadsheet: a trial first, all or nothing, and errors a person can act on."""

import csv
import re
import time
import zipfile
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
import time_machine
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from openpyxl import Workbook, load_workbook

from compass.models import Contact, Milestone, ResearchWave, Resource, Story, Theme
from compass.pending_imports import PendingImport
from compass.spreadsheets import resources_by_model, run, table
from compass.tables import OLE, as_csv, as_xlsx, neutral, read
from publishing.admin.history import versions_of
from tests.admin.conftest import admin_url
from tests.factories import (
    make_department,
    make_dilemma,
    make_path,
    make_source,
    make_story,
    make_theme,
)

FIRST = ["nøgle", "slags", "vej", "titel", "indledning", "tekst", "ophav"]
GOOD = ["N1", "Case", "lytte", "Ny historie", "Kort sagt.", "De prøvede.", "composed"]
COMPOSED = "Eksempel skrevet til portalen. Det er ikke hentet fra en publikation."


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def listen(db):
    return make_path(slug="lytte")


def csv_file(*rows, delimiter=";", encoding="utf-8-sig", name="fil.csv") -> SimpleUploadedFile:
    written = StringIO()
    csv.writer(written, delimiter=delimiter).writerows(rows)
    return SimpleUploadedFile(name, written.getvalue().encode(encoding))


def xlsx_file(*rows) -> SimpleUploadedFile:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    written = BytesIO()
    book.save(written)
    return SimpleUploadedFile("fil.xlsx", written.getvalue())


def formula_file(cell: str) -> SimpleUploadedFile:
    """A spreadsheet with a formula whose cell has what stands in `cell`."""
    file = xlsx_file(["nøgle", "titel"], ["N1", "=1+1"])
    written = BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            new.writestr(name, re.sub(r"<f>1\+1</f>\s*(<v\s*/>|<v></v>)?", cell, text))
    return SimpleUploadedFile("fil.xlsx", written.getvalue())


def merged_file() -> SimpleUploadedFile:
    book = load_workbook(xlsx_file(["nøgle", "titel"], ["N1", "a"], ["", "b"]))
    book.active.merge_cells("A2:A3")
    written = BytesIO()
    book.save(written)
    return SimpleUploadedFile("fil.xlsx", written.getvalue())


def errors_of(*rows, model=Story) -> list[str]:
    return run(resources_by_model()[model], read(csv_file(*rows)), is_trial=True).errors


@pytest.fixture
def send(admin_page, editor_client):
    """A function: choose a file on the import page, and give back the page that follows."""

    def choose(file, *, model=Story, by=None):
        return (by or editor_client).post(admin_url(model, "import"), {"file": file})

    return choose


@pytest.fixture
def bring_in(send, editor_client):
    """A function: the trial, and then the button «Importér nu»."""

    def both(file, *, model=Story):
        tried = send(file, model=model)
        assert tried.status_code == 200, tried.context["errors"]
        mark = tried.context["go_on"].initial["mark"]
        return tried, editor_client.post(admin_url(model, "import"), {"mark": mark}, follow=True)

    return both


# --- In ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", [csv_file, xlsx_file])
def test_a_trial_changes_nothing_and_says_what_the_import_then_does(bring_in, listen, file):
    make_story("Gammel titel", key="G1", body="Som før.")
    rows = [["nøgle", "titel", "vej", "slags", "indledning", "tekst", "ophav"],
            ["G1", "Bedre titel", "lytte", "case", "De mødtes.", "Som før.", "composed"],
            ["N1", "Ny historie", "lytte", "Artikel", "Kort sagt.", "De prøvede.", COMPOSED]]  # fmt: skip
    tried, done = bring_in(file(*rows))
    assert tried.context["told"] == "1 nye, 1 ændrede og 0 uændrede."
    changed, new = tried.context["rows"]
    assert (changed.number, changed.what, changed.is_new) == (2, "Bedre titel", False)
    assert sorted((line.label, line.old, line.new) for line in changed.lines) == [
        ("Indledning", "De mødtes tidligere, og det ændrede sagen.", "De mødtes."),
        ("Titel", "Gammel titel", "Bedre titel"),
    ]
    assert (new.number, new.what, new.is_new, new.lines) == (3, "Ny historie", True, [])
    assert [str(message) for message in done.context["messages"]] == [
        "Importeret: 1 nye, 1 ændrede og 0 uændrede."
    ]
    assert set(Story.objects.values_list("key", "title", "kind", "slug")) >= {
        ("N1", "Ny historie", "article", "ny-historie")
    }
    changed = Story.objects.get(key="G1")
    assert (changed.title, changed.body) == ("Bedre titel", "Som før.")


def test_the_trial_alone_changes_nothing(send, listen):
    send(csv_file(FIRST, GOOD))
    assert not Story.objects.exists()


def test_columns_that_are_left_out_are_left_alone_and_empty_cells_empty_the_field(bring_in, listen):
    story = make_story(key="G1", talk="Hvad så?", year=2020, slug="fast")
    bring_in(csv_file(["nøgle", "snak om", "adresse"], ["G1", "", ""]))
    story.refresh_from_db()
    assert (story.talk, story.year, story.slug, story.title) == ("", 2020, "fast", "Mødet, der rykkede frem")


def test_themes_dilemmas_and_sources_are_found_by_their_keys(bring_in, listen):
    for slug in ["tid", "rum"]:
        make_theme(slug=slug)
    make_dilemma(key="D1")
    make_source(key="K-1")
    make_department(slug="teknik")
    row = [*GOOD, "tid | rum", "d1", "K-1", "teknik"]
    bring_in(csv_file([*FIRST, "temaer", "dilemmaer", "kilder", "forvaltning"], row))
    story = Story.objects.get(key="N1")
    assert set(story.themes.values_list("slug", flat=True)) == {"tid", "rum"}
    assert [dilemma.key for dilemma in story.dilemmas.all()] == ["D1"]
    assert [source.key for source in story.sources.all()] == ["K-1"]
    assert story.department.slug == "teknik"


def test_an_import_publishes_nothing_and_withdraws_nothing(bring_in, listen, client):
    public = make_story("Offentlig", key="G1")
    bring_in(
        csv_file(
            [*FIRST, "status"], [*GOOD, "Offentlig"], ["G1", *GOOD[1:3], "Nyt navn", *GOOD[4:], "Kladde"]
        )
    )
    public.refresh_from_db()
    assert public.title == "Nyt navn"
    assert public.is_published
    assert Story.objects.get(key="N1").published_at is None
    assert client.get(Story.objects.get(key="N1").get_absolute_url()).status_code == 404


@pytest.mark.parametrize("column", ["offentlig fra", "id", "published_at", "sendt til gennemsyn"])
def test_what_decides_over_publishing_is_no_column(listen, column):
    errors = errors_of([*FIRST, column], [*GOOD, "2020-01-01"])
    assert errors[0] == f"Portalen kender ikke kolonnen «{column}». Ret navnet, eller slet den."


def test_who_imported_what_stands_in_the_history(bring_in, editor, listen):
    make_story(key="G1")
    bring_in(csv_file(FIRST, GOOD, ["G1", *GOOD[1:]]))
    entries = LogEntry.objects.filter(user=editor)
    assert sorted(entry.action_flag for entry in entries) == [ADDITION, CHANGE]
    assert {entry.change_message for entry in entries} == {"Importeret fra en fil."}


def test_the_text_before_and_after_the_import_can_be_put_back(bring_in, editor, listen):
    story = make_story("Som før", key="G1")
    bring_in(csv_file(FIRST, GOOD, ["G1", *GOOD[1:3], "Efter", *GOOD[4:]]))
    told = [(version.field_dict["title"], version.revision.user) for version in versions_of(story)]
    assert told == [("Efter", editor), ("Som før", None)]
    assert [version.field_dict["key"] for version in versions_of(Story.objects.get(key="N1"))] == ["N1"]


def test_an_import_that_was_refused_leaves_no_version(send, editor_client, listen):
    story = make_story("Som før", key="G1")
    mark = (
        send(csv_file(FIRST, ["G1", *GOOD[1:3], "Efter", *GOOD[4:]], GOOD)).context["go_on"].initial["mark"]
    )
    make_story(slug="ny-historie")
    assert editor_client.post(admin_url(Story, "import"), {"mark": mark}).status_code == 400
    assert [version.field_dict["title"] for version in versions_of(story)] == ["Som før"]


def test_an_old_address_leads_to_one_that_was_imported(bring_in, client, listen):
    make_story(key="G1", slug="gammel")
    bring_in(csv_file(["nøgle", "adresse"], ["G1", "ny"]))
    answer = client.get("/historier/gammel/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/historier/ny/")


# --- Errors ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"nøgle": ""}, "kolonnen «nøgle»: Feltet er tomt. Det skal sige, hvilken række på portalen det er."),
        ({"titel": ""}, "kolonnen «titel»: Feltet er tomt. Skriv noget i det."),
        ({"titel": "a" * 161}, "kolonnen «titel»: "),
        ({"slags": "roman"},
         "kolonnen «slags»: «roman» findes ikke. Skriv en af: Artikel, Case, Portræt, Værktøj."),
        ({"vej": "flyve"}, "kolonnen «vej»: «flyve» findes ikke blandt veje. Skriv en af: lytte."),
        ({"vej": ""}, "kolonnen «vej»: Feltet er tomt. Skriv noget i det."),
        ({"år": "to"}, "kolonnen «år»: «to» er ikke et helt tal."),
        ({"temaer": "tid | ny"}, "kolonnen «temaer»: «ny» findes ikke blandt temaer. Skriv en af: tid."),
        ({"adresse": "to ord"}, "kolonnen «adresse»: Indtast en gyldig “slug”"),
        ({"tekst": "Se ![](a.png)"}, "kolonnen «tekst»: Et billede mangler en tekst om, hvad det viser."),
    ],
)  # fmt: skip
def test_an_error_names_the_row_the_column_and_what_to_do(listen, changes, sentence):
    make_theme(slug="tid")
    columns = list({**dict.fromkeys(FIRST), "adresse": "", **changes})
    good = dict(zip(FIRST, GOOD, strict=True))
    first, second = {**good, "adresse": "en-anden"}, {**good, "nøgle": "N2", "adresse": "n2", **changes}
    errors = errors_of(columns, *([row.get(column, "") for column in columns] for row in [first, second]))
    assert len(errors) == 1
    assert errors[0].startswith(f"Række 3, {sentence}")


def test_a_key_that_stands_twice_is_said_with_both_rows(listen):
    assert errors_of(FIRST, GOOD, ["N2", *GOOD[1:3], "Anden", *GOOD[4:]], GOOD) == [
        "Række 4, kolonnen «nøgle»: «N1» står også i række 2. Slet den ene."
    ]


def test_two_rows_that_would_get_the_same_address_are_told_so(listen):
    [error] = errors_of(FIRST, GOOD, ["N2", *GOOD[1:]])
    assert error.startswith("Række 3, kolonnen «adresse»: ")


def test_an_empty_line_is_no_row_and_the_numbers_are_those_of_the_spreadsheet(listen):
    [error] = errors_of(FIRST, ["", "", "", "", "", "", ""], ["N2", "roman", *GOOD[2:]])
    assert error.startswith("Række 3, kolonnen «slags»")


@pytest.mark.parametrize(
    ("headers", "sentences"),
    [
        ([*FIRST, "farve"], ["Portalen kender ikke kolonnen «farve». Ret navnet, eller slet den."]),
        ([*FIRST[1:]], ["Kolonnen «nøgle» mangler. Den siger, hvilken række på portalen det er."]),
        ([*FIRST, "Titel"], ["Kolonnen «titel» er der to gange. Slet den ene."]),
        ([*FIRST, "", "år"], ["En kolonne har intet navn. Skriv det i første række, eller slet kolonnen."]),
    ],
)
def test_columns_that_are_wrong_are_named(listen, headers, sentences):
    errors = errors_of(headers, [*GOOD, "", ""][: len(headers)])
    assert errors[:-1] == sentences
    assert errors[-1].startswith("Kolonnerne hedder: nøgle · adresse · slags · vej · titel · titel, engelsk")


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (SimpleUploadedFile("a.xls", OLE + b"\0\1"), "Filen er en gammel Excel-fil (xls)"),
        (SimpleUploadedFile("a.csv", b"\xff\xd8\xff\xe0\x00\x10JFIF"), "Filen er ikke et regneark"),
        (SimpleUploadedFile("a.csv", b"a\0;b\n1;2"), "Filen er ikke et regneark"),
        (formula_file("<f>1+1</f>"), "formler, der ikke er regnet ud"),
        (formula_file("<f>1+1</f><v></v>"), "formler, der ikke er regnet ud"),
        (merged_file(), "flettede celler"),
        (csv_file(["nøgle", "titel"], ["a", "#REF!"]), "Række 2 har en formel, der ikke kan regnes ud"),
        (SimpleUploadedFile("a.xlsx", b"PK\x03\x04 ikke en zip"), "Filen kan ikke læses"),
        (SimpleUploadedFile("a.csv", b"n\xc3\xb8gle;titel\n"), "Der er ingen rækker"),
        (SimpleUploadedFile("a.csv", b"\n\n"), "Første række er tom"),
        (csv_file(["nøgle", "titel"], ["a", "b", "c"]), "Række 2 har flere felter"),
        (csv_file(["nøgle"], *[[f"N{number}"] for number in range(10_001)]), "mere end 10000 rækker"),
        (csv_file([f"k{number}" for number in range(101)], ["x"]), "mere end 100 kolonner"),
    ],
    ids=[
        "xls",
        "jpeg",
        "nul",
        "formula",
        "formula without value",
        "merged cells",
        "formula that failed",
        "no zip",
        "no rows",
        "no headers",
        "long row",
        "many rows",
        "many columns",
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(send, listen, file, sentence):
    file.seek(0)
    answer = send(file)
    assert answer.status_code == 400
    assert sentence in answer.context["errors"][0]


@pytest.mark.parametrize(
    "content",
    [
        "nøgle;titel\r\nN1;På ny\r\n".encode("cp1252"),
        "sep=;\r\nnøgle;titel\r\nN1;På ny\r\n".encode(),
        "nøgle\ttitel\r\nN1\tPå ny\r\n".encode("utf-16"),
        "nøgle;titel;;\r\nN1;På ny;;\r\n;;;\r\n".encode("utf-8-sig"),
    ],
    ids=["windows-1252", "sep", "utf-16", "columns without anything"],
)
def test_whatever_a_danish_excel_saves_is_read(content):
    sheet = read(SimpleUploadedFile("fil.csv", content))
    assert (sheet.headers, sheet.rows) == (["nøgle", "titel"], [["N1", "På ny"]])
    assert ("Windows-1252" in sheet.note) == (content == "nøgle;titel\r\nN1;På ny\r\n".encode("cp1252"))


def test_a_table_on_the_second_sheet_is_found_and_said():
    book = Workbook()
    page = book.create_sheet("Historier")
    for row in [["nøgle", "titel"], ["N1", "På ny"]]:
        page.append(row)
    written = BytesIO()
    book.save(written)
    sheet = read(SimpleUploadedFile("fil.xlsx", written.getvalue()))
    assert (sheet.rows, sheet.note) == ([["N1", "På ny"]], "Tabellen er læst fra arket «Historier».")


@pytest.mark.parametrize("cell", ["05/01/18", "2018-05-01", "01.05.2018", "maj-18", "01-maj-18", "43221"])
def test_a_date_that_a_spreadsheet_has_rewritten_is_caught(db, cell):
    Milestone.objects.create(
        key="M1", order=1, kind="event", precision="none", date_text="maj 2018", text="Det begyndte."
    )
    [error] = errors_of(["nøgle", "dato, som den vises"], ["M1", cell], model=Milestone)
    assert f"«{cell}» ligner en dato, som regnearket har skrevet om" in error
    assert errors_of(["nøgle", "dato, som den vises"], ["M1", "juni 2018"], model=Milestone) == []
    assert "«maj 2018»" in error


def test_what_belongs_to_a_changed_row_is_shown_by_its_keys(send, listen):
    story = make_story(key="G1")
    story.themes.add(make_theme(slug="tid"))
    make_theme(slug="rum")
    tried = send(csv_file(["nøgle", "temaer"], ["G1", "rum | tid"]))
    [row] = tried.context["rows"]
    assert [(line.label, line.old, line.new) for line in row.lines] == [("Temaer", "tid", "rum | tid")]


def test_a_file_larger_than_the_limit_is_refused_before_it_is_read(send, listen, settings):
    settings.IMPORT_MAX_BYTES = 1_000
    answer = send(csv_file(FIRST, ["N1", *GOOD[1:5], "a" * 1_000, GOOD[6]]))
    assert "Den må højst fylde" in answer.context["errors"][0]


def test_a_spreadsheet_that_unpacks_to_more_than_there_is_room_for_is_refused(settings):
    file = xlsx_file(["nøgle"], ["a" * 30_000])
    settings.IMPORT_MAX_BYTES = 20_000
    settings.IMPORT_MAX_ROWS = 10
    read(file)
    settings.IMPORT_MAX_BYTES = 10_000
    with pytest.raises(ValidationError):
        read(file)


def test_no_file_at_all_is_answered_in_words(admin_page, editor_client, listen):
    answer = editor_client.post(admin_url(Story, "import"), {})
    assert answer.status_code == 400
    assert answer.context["form"].errors["file"] == ["Vælg den fil, du vil importere."]


# --- Nothing is left over, and nobody else gets in ---------------------------------------------------------


def kept_files() -> list[str]:
    return default_storage.listdir("import")[1] if default_storage.exists("import") else []


def test_the_file_is_gone_once_it_is_imported_or_refused(send, bring_in, listen):
    send(csv_file(FIRST, ["N1", "roman", *GOOD[2:]]))
    assert kept_files() == []
    send(csv_file(FIRST, GOOD))
    assert len(kept_files()) == 1
    bring_in(csv_file(FIRST, GOOD))
    assert kept_files() == []


def test_a_file_nobody_imported_is_gone_after_an_hour(send, listen, administrator, administrator_client):
    send(csv_file(FIRST, GOOD))
    [left] = kept_files()
    with time_machine.travel(time.time() + timedelta(hours=2).total_seconds()):
        administrator_client.force_login(administrator)
        send(csv_file(FIRST, GOOD), by=administrator_client)
    assert left not in kept_files()


def test_purge_removes_a_file_nobody_imported(send, listen):
    send(csv_file(FIRST, GOOD))
    call_command("purge")
    assert len(kept_files()) == 1
    with time_machine.travel(time.time() + timedelta(hours=2).total_seconds()):
        call_command("purge", dry_run=True)
        assert len(kept_files()) == 1
        call_command("purge")
    assert kept_files() == []


def test_a_file_that_goes_while_others_are_looked_for_is_no_fault():
    assert not PendingImport("2-story").is_past()


@pytest.mark.parametrize("mark", ["", "forkert"])
def test_only_the_file_that_was_tried_is_imported(send, editor_client, listen, mark):
    send(csv_file(FIRST, GOOD))
    answer = editor_client.post(admin_url(Story, "import"), {"mark": mark})
    assert answer.status_code == 400
    assert answer.context["errors"] == ["Filen er ikke længere den, du så. Vælg den igen."]
    assert not Story.objects.exists()


def test_a_colleagues_file_is_not_imported(send, administrator_client, listen):
    mark = send(csv_file(FIRST, GOOD)).context["go_on"].initial["mark"]
    assert administrator_client.post(admin_url(Story, "import"), {"mark": mark}).status_code == 400
    assert not Story.objects.exists()


def test_what_has_changed_since_the_trial_is_found_by_the_import(send, editor_client, listen):
    mark = send(csv_file(FIRST, GOOD)).context["go_on"].initial["mark"]
    make_story(slug="ny-historie")
    answer = editor_client.post(admin_url(Story, "import"), {"mark": mark})
    assert answer.status_code == 400
    assert answer.context["errors"][0].startswith("Række 2, kolonnen «adresse»")
    assert Story.objects.count() == 1


@pytest.mark.parametrize("model", resources_by_model())
def test_who_may_not_edit_may_neither_import_nor_export(method_owner_client, staff_client, client, db, model):
    for by, expected in [(method_owner_client, 403), (staff_client, 302), (client, 302)]:
        assert by.get(admin_url(model, "import")).status_code == expected
        assert by.post(admin_url(model, "import"), {"file": csv_file(["a"], ["b"])}).status_code == expected
        assert by.post(admin_url(model, "import"), {"mark": "a"}).status_code == expected
        address = f"{admin_url(model, 'changelist')}eksport/csv/"
        assert by.get(address).status_code == expected


# --- Out -------------------------------------------------------------------------------------------------


def exported(client, model=Story, kind="csv", **query):
    answer = client.get(f"{admin_url(model, 'changelist')}eksport/{kind}/", query)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def as_a_danish_excel_saves_it(written: bytes) -> bytes:
    """Windows-1252, with a question mark for what that has no sign for."""
    return written.decode("utf-8-sig").encode("cp1252", errors="replace")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "danish csv"])
@pytest.mark.parametrize("model", resources_by_model(), ids=lambda model: model.__name__)
def test_what_is_exported_comes_back_unchanged(editor_client, content, model, kind):
    written = exported(editor_client, model, kind.removeprefix("danish "))
    file = SimpleUploadedFile("a", as_a_danish_excel_saves_it(written) if "danish" in kind else written)
    before = list(model.objects.order_by("pk").values())
    outcome = run(resources_by_model()[model], read(file), is_trial=False)
    assert outcome.errors == []
    assert (outcome.new, outcome.changed) == ([], [])
    assert outcome.unchanged == len(before) > 0
    assert list(model.objects.order_by("pk").values()) == before


def test_a_filter_that_nothing_can_be_asked_of_leads_back_to_the_list(editor_client):
    listed = admin_url(Resource, "changelist")
    answer = editor_client.get(f"{listed}eksport/csv/", {"url__isempty": "måske"})
    assert answer["Location"] == f"{listed}?e=1"


def test_the_filters_of_the_list_decide_what_is_exported(admin_page, editor_client, db):
    make_story("Kladde", key="K1", published_at=None)
    make_story("Synlig", key="S1")
    listed = admin_page(admin_url(Story, "changelist"), by=editor_client, query={"status": "kladde"})
    address = listed.links(".object-tools a")["Hent som CSV"]
    content = b"".join(editor_client.get(address).streaming_content).decode()
    assert content.startswith("\ufeffnøgle;adresse;")
    headers, *rows = csv.reader(StringIO(content.removeprefix("\ufeff"), newline=""), delimiter=";")
    assert [(row[0], row[-1]) for row in rows] == [("K1", "Kladde")]
    assert headers[-1] == "status"


@pytest.mark.parametrize("text", ["=1+1", "+45", "-2", "@SUM(A1)", "\tx", "\rx"])
def test_what_a_spreadsheet_would_run_is_text_and_comes_back_as_it_was(text):
    assert neutral(text) == f"'{text}"
    content = "".join(as_csv([["a"], [text]])).encode()
    assert read(SimpleUploadedFile("a.csv", content)).rows == [[text]]
    if text[0] in "=+-@":
        file = SimpleUploadedFile("a.xlsx", as_xlsx([["a"], [text]]))
        assert load_workbook(file).active["A2"].data_type == "s"
        file.seek(0)
        assert read(file).rows == [[text]]


def test_a_text_too_long_for_excel_is_not_cut_in_silence(editor_client, db):
    make_story(key="L1", body="a" * 40_000)
    answer = editor_client.get(f"{admin_url(Story, 'changelist')}eksport/xlsx/", follow=True)
    assert [str(message) for message in answer.context["messages"]] == [
        "En tekst i rækken «L1» er for lang til Excel. Hent CSV i stedet."
    ]
    assert b"a" * 40_000 in exported(editor_client)


def test_an_unknown_format_is_not_found(editor_client, db):
    assert editor_client.get(f"{admin_url(Story, 'changelist')}eksport/pdf/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_an_export_costs_the_same_for_one_row_and_for_many(db, django_assert_num_queries, number):
    for _ in range(number):
        make_story(themes=[make_theme()], dilemmas=[make_dilemma()], sources=[make_source()])
    with django_assert_num_queries(4):
        assert len(list(table(resources_by_model()[Story], Story.objects.all()))) == number + 1


# --- The pages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", resources_by_model(), ids=lambda model: model.__name__)
def test_the_import_page_is_a_good_page_that_names_the_columns(admin_page, editor_client, db, model):
    shown = admin_page(admin_url(model, "import"), by=editor_client)
    assert shown.texts("h1") == [f"Importér {model._meta.verbose_name_plural}"]
    columns = " · ".join(resources_by_model()[model].columns())
    assert f"Kolonnerne hedder: {columns}" in shown.text


def test_an_import_button_is_shown_to_whoever_may_import(admin_page, editor_client, db):
    links = admin_page(admin_url(Theme, "changelist"), by=editor_client).links(".object-tools a")
    assert links["Importér"] == admin_url(Theme, "import")


def test_errors_and_trials_are_good_pages(admin_page, editor_client, listen):
    tried = editor_client.post(admin_url(Story, "import"), {"file": csv_file(FIRST, GOOD)})
    assert "Importér nu" in tried.content.decode()
    assert "style=" not in tried.content.decode()


# --- Other models ----------------------------------------------------------------------------------------


def test_contacts_milestones_and_shelves_are_imported_too(bring_in, db):
    make_department(slug="teknik")
    headers = ["e-mail", "navn", "stilling", "forvaltning", "oplysningen var rigtig den", "vis på siden"]
    bring_in(
        csv_file(headers, ["a@example.dk", "Ane", "Konsulent", "teknik", "31-05-2026", "nej"]), model=Contact
    )
    contact = Contact.objects.get()
    assert (contact.name, str(contact.as_of), contact.is_shown) == ("Ane", "2026-05-31", False)
    headers = ["nøgle", "rækkefølge", "slags", "dato", "hvor præcis", "dato, som den vises", "tekst"]
    row = ["M1", "1", "Debat", "2019-05-01", "måned", "maj 2019", "De talte."]
    bring_in(csv_file(headers, row), model=Milestone)
    assert Milestone.objects.get().precision == "month"
    bring_in(csv_file(["adresse", "titel"], ["tid", "Tid"]), model=Theme)
    assert Theme.objects.get().title == "Tid"


def test_a_rule_of_the_whole_row_is_told_without_a_column(db):
    headers = ["nøgle", "rækkefølge", "slags", "hvor præcis", "dato, som den vises", "tekst"]
    errors = errors_of(headers, ["M1", "1", "Debat", "måned", "maj 2019", "De talte."], model=Milestone)
    assert errors == ["Række 2: Vælg «uden dato», når datoen er tom – og kun da."]


# --- Many rows -------------------------------------------------------------------------------------------


@pytest.mark.long
def test_fifty_faults_in_five_thousand_rows_are_fifty_sentences_and_nothing_is_imported(listen):
    """Timed: an editor waits for it."""
    make_theme(slug="tid")
    headers = [*FIRST, "temaer", "år"]
    good = [[f"N{n}", *GOOD[1:3], f"Historie {n}", *GOOD[4:], "tid", "2020"] for n in range(5_000)]
    faulty = [[*row[:8], "i fjor"] if number % 100 == 7 else row for number, row in enumerate(good)]
    started = time.perf_counter()
    outcome = run(resources_by_model()[Story], read(csv_file(headers, *faulty)), is_trial=True)
    assert time.perf_counter() - started < 60
    assert outcome.errors == [
        f"Række {number + 2}, kolonnen «år»: «i fjor» er ikke et helt tal." for number in range(7, 5_000, 100)
    ]
    assert not Story.objects.exists()

    sheet = read(csv_file(headers, *good))
    tried = run(resources_by_model()[Story], sheet, is_trial=True)
    assert not Story.objects.exists()
    started = time.perf_counter()
    done = run(resources_by_model()[Story], sheet, is_trial=False)
    assert time.perf_counter() - started < 60
    assert (len(tried.new), tried.rows, tried.errors) == (len(done.new), done.rows, done.errors)
    assert len(done.new) == Story.objects.count() == 5_000
    assert Story.themes.through.objects.count() == 5_000


# --- Figures of a survey ---------------------------------------------------------------------------------


@pytest.fixture
def wave(db):
    wave = ResearchWave.objects.create(year=2023, title="Første runde", text="Om den.")
    wave.figures.create(position=1, label="Et gammelt tal", value=1)
    return wave


def figures(rows) -> dict:
    return {"file": csv_file(["tekst", "tal", "enhed"], *rows)}


def labels(wave) -> list[str]:
    return [figure.label for figure in wave.figures.all()]


def test_figures_are_tried_and_then_put_in_place_of_the_old(admin_page, editor_client, wave):
    address = admin_page(admin_url(wave), by=editor_client).links(".field-figures_link a")[
        "Hent tallene fra et regneark"
    ]
    admin_page(address, by=editor_client)
    rows = [["Glade", "62,5", "procent"], ["Sikre", "4", "af 5"]]
    tried = editor_client.post(address, figures(rows))
    assert [figure.label for figure in tried.context["result"].figures] == ["Glade", "Sikre"]
    assert labels(wave) == ["Et gammelt tal"]
    wrong = editor_client.post(address, {"mark": "0" * 64})
    assert (wrong.status_code, labels(wave)) == (400, ["Et gammelt tal"])
    editor_client.post(address, {"mark": tried.context["go_on"].initial["mark"]})
    assert labels(wave) == ["Glade", "Sikre"]


def test_figures_that_are_wrong_change_nothing(editor_client, method_owner_client, wave):
    address = admin_url(wave, "figures")
    answer = editor_client.post(address, figures([["Glade", "mange", "procent"]]))
    assert answer.status_code == 400
    assert answer.context["result"].errors[0].startswith("Række 2, kolonnen «tal»:")
    assert method_owner_client.post(address, figures([["Glade", "1", "procent"]])).status_code == 403
    assert labels(wave) == ["Et gammelt tal"]
