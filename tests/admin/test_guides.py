"""Guides: from a published version to a draft on one page, a comparison, and version 2."""

import pytest
from django.db import IntegrityError, connection, transaction

from reflection.admin.comparison import Line, compare
from reflection.models import Guide, GuideVersion, Prompt, Reflection, Step
from tests.admin.conftest import admin_url, messages_of
from tests.factories import make_dilemma, make_guide, make_story

REASON = "er udgivet, og refleksioner bygger på den. Derfor kan den hverken ændres eller slettes."


def rows():
    """Everything a version holds, to see that nothing has changed."""
    return [list(model.objects.order_by("pk").values()) for model in [Guide, GuideVersion, Step, Prompt]]


# --- A published version is only read --------------------------------------------------------------------


def test_a_published_version_is_shown_whole_with_the_reason_and_without_a_field(
    admin_page, method_owner_client, version
):
    shown = admin_page(admin_url(version), by=method_owner_client)
    assert REASON in shown.text
    assert "Målet er klart." in shown.text
    assert not shown.select("#guideversion_form textarea, #guideversion_form input:not([type=hidden])")


@pytest.mark.parametrize("kind", ["change", "delete"])
def test_a_form_sent_to_a_published_version_changes_nothing_and_is_answered_in_words(
    admin_page, method_owner_client, version, kind
):
    step = version.steps.first()
    before = rows()
    sent = {
        "intro": "Ændret", "minutes_solo": "1", "minutes_group": "1", "provenance": "composed", "post": "yes",
        "steps-TOTAL_FORMS": "1", "steps-INITIAL_FORMS": "1", "steps-0-id": step.pk, "steps-0-DELETE": "on",
        "steps-0-title": "Ændret", "_save": "1",
    }  # fmt: skip
    answer = admin_page(admin_url(version, kind), by=method_owner_client, post=sent)
    assert rows() == before
    assert REASON in messages_of(answer)[0]


def test_a_published_version_is_not_deleted_from_the_list(method_owner_client, run_action, version):
    run_action(method_owner_client, "delete_selected", [version])
    assert GuideVersion.objects.filter(pk=version.pk).exists()


INSERT = (
    "INSERT INTO reflection_prompt (step_id, position, kind, text, text_en, low, low_en, high, high_en) "
    "VALUES ({step}, 9, 'line', 'x', '', '', '', '', '')"
)


@pytest.mark.parametrize(
    "statement",
    [
        INSERT,
        "UPDATE reflection_guideversion SET intro = 'x' WHERE id = {version}",
        "UPDATE reflection_guideversion SET published_at = NULL WHERE id = {version}",
        "DELETE FROM reflection_guideversion WHERE id = {version}",
        "UPDATE reflection_step SET title = 'x' WHERE id = {step}",
        "UPDATE reflection_prompt SET text = 'x' WHERE step_id = {step}",
        "DELETE FROM reflection_prompt WHERE step_id = {step}",
        "UPDATE reflection_prompt SET step_id = {step} WHERE step_id = {free_step}",
        "UPDATE reflection_step SET version_id = {version} WHERE id = {free_step}",
    ],
)
def test_a_published_version_cannot_be_changed_by_sql_either(draft, version, statement):
    places = {"version": version.pk, "step": version.steps.first().pk, "free_step": draft.steps.first().pk}
    before = rows()
    with (
        pytest.raises(IntegrityError, match="a published guide version never changes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(**places))
    assert rows() == before


def test_a_guide_is_described_here_and_not_removed(admin_page, method_owner_client, guide):
    assert method_owner_client.post(admin_url(guide, "delete"), {"post": "yes"}).status_code == 403
    form = admin_page(admin_url(guide), by=method_owner_client).form("#guide_form")
    form.send({"standfirst": "Ny indledning.", "slug": "et-andet-navn", "_save": "1"})
    guide.refresh_from_db()
    assert (guide.slug, guide.standfirst) == ("maalkompasset", "Ny indledning.")


def test_a_guide_made_here_is_a_compass_once_it_is_published(admin_page, page, method_owner_client):
    form = admin_page(admin_url(Guide, "add"), by=method_owner_client).form("#guide_form")
    draft = form.send({"title": "Hverdagskompasset", "standfirst": "Se på en dag.", "_save": "1"})
    guide = Guide.objects.get(slug="hverdagskompasset")
    assert draft.url == admin_url(guide.versions.get())
    page("/kompasser/hverdagskompasset/", status=404)
    step = {
        "steps-0-position": "1", "steps-0-title": "Hvad skete der?", "steps-0-purpose": "At se dagen.",
        "steps-0-prompts-0-position": "1", "steps-0-prompts-0-kind": "scale",
        "steps-0-prompts-0-text": "Dagen gik godt.", "steps-0-prompts-0-low": "Slet ikke",
        "steps-0-prompts-0-third": "Så som så", "steps-0-prompts-0-high": "Helt",
    }  # fmt: skip
    draft.form("#guideversion_form").send({"intro": "Tag en dag.", **step, "_save": "1"})
    admin_page(admin_url(guide.versions.get(), "publish"), by=method_owner_client).form("main form").send()
    assert "Dagen gik godt." in page("/kompasser/hverdagskompasset/").text
    assert "3 Så som så" in page("/kompasser/hverdagskompasset/blanket/").text


@pytest.mark.parametrize("page_name", ["draft", "publish"])
def test_an_editor_reaches_neither_draft_nor_publish(editor_client, version, page_name):
    before = rows()
    assert editor_client.post(admin_url(version, page_name)).status_code == 403
    assert rows() == before


def test_a_draft_is_not_made_by_a_link(method_owner_client, version):
    assert method_owner_client.get(admin_url(version, "draft")).status_code == 405
    assert GuideVersion.objects.count() == 1


# --- The draft, on one page ------------------------------------------------------------------------------


def test_a_draft_is_made_from_a_version_with_all_it_holds(admin_page, method_owner_client, version):
    step = version.steps.first()
    shown = admin_page(admin_url(version), by=method_owner_client)
    made = shown.form("form[action$='kladde/']").send()
    draft = GuideVersion.objects.get(published_at=None)
    assert made.url == admin_url(draft)
    assert (draft.number, draft.steps.count()) == (2, 2)
    assert draft.steps.first().title == step.title
    assert draft.steps.first().pk != step.pk


def test_a_second_draft_leads_to_the_first(admin_page, method_owner_client, version, draft):
    shown = admin_page(admin_url(version), by=method_owner_client)
    assert shown.links()["Der er allerede en kladde: udgave 2"] == admin_url(draft)
    again = admin_page(admin_url(version, "draft"), by=method_owner_client, post={})
    assert again.url == admin_url(draft)
    assert GuideVersion.objects.count() == 2


def test_steps_prompts_and_help_are_changed_together(method_owner_client, edit, draft):
    dilemma, story = make_dilemma(key="D50"), make_story(key="S50")
    changes = {
        "intro": "Begynd her.",
        "steps-0-title": "Ny titel",
        "steps-0-dilemmas": "D50",
        "steps-0-stories": " S50,",
        "steps-0-prompts-1-text": "Målet er helt klart.",
        "steps-0-variants-0-concerns": "citizens",
        "steps-0-variants-0-help": "Tænk på tre borgere.",
        "steps-1-prompts-0-DELETE": "on",
        "steps-1-prompts-3-kind": "question",
        "steps-1-prompts-3-text": "Hvem savner det?",
    }
    edit(draft, changes, by=method_owner_client)
    draft.refresh_from_db()
    first, second = draft.steps.all()
    assert (draft.intro, first.title) == ("Begynd her.", "Ny titel")
    assert (list(first.dilemmas.all()), list(first.stories.all())) == ([dilemma], [story])
    assert first.prompts.get(kind="scale").text == "Målet er helt klart."
    assert [(v.concerns, v.help) for v in first.variants.all()] == [("citizens", "Tænk på tre borgere.")]
    assert list(second.prompts.values_list("position", "text")) == [
        (2, "Målet er klart."), (3, "Skriv én linje."), (4, "Hvem savner det?"),
    ]  # fmt: skip


def test_a_new_step_is_written_with_its_prompts_in_one_go(method_owner_client, edit, draft):
    changes = {
        "steps-2-title": "Et tredje trin",
        "steps-2-purpose": "At se efter.",
        "steps-2-prompts-0-kind": "line",
        "steps-2-prompts-0-text": "Skriv her.",
    }
    edit(draft, changes, by=method_owner_client)
    step = draft.steps.get(position=3)
    assert (step.title, step.prompts.get().text) == ("Et tredje trin", "Skriv her.")


def test_a_prompt_in_a_step_without_a_title_is_not_lost_but_asked_about(method_owner_client, edit, draft):
    refused = edit(
        draft,
        {"steps-2-prompts-0-text": "Skriv her.", "steps-2-prompts-0-kind": "line"},
        by=method_owner_client,
    )
    assert refused.select(".errornote")
    assert refused.one("[name=steps-2-prompts-0-text]").text.strip() == "Skriv her."
    assert refused.select("details[open] [name=steps-2-title][aria-invalid=true]")
    assert draft.steps.count() == 2


def test_saving_without_a_change_changes_nothing(method_owner_client, edit, draft):
    before = rows()
    edit(draft, {}, by=method_owner_client)
    assert rows() == before


def test_steps_and_prompts_swap_places(method_owner_client, edit, draft):
    changes = {
        "steps-0-position": "2", "steps-1-position": "1",
        "steps-0-prompts-0-position": "2", "steps-0-prompts-1-position": "1",
    }  # fmt: skip
    old_first, old_second = draft.steps.all()
    edit(draft, changes, by=method_owner_client)
    assert list(draft.steps.all()) == [old_second, old_first]
    assert list(old_first.prompts.values_list("kind", flat=True)) == ["scale", "question", "line"]


def test_a_step_is_removed_with_what_it_holds(method_owner_client, edit, draft):
    edit(draft, {"steps-0-DELETE": "on"}, by=method_owner_client)
    assert draft.steps.get().position == 2
    assert Prompt.objects.filter(step__version=draft).count() == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps-0-prompts-0-text": ""}, "Dette felt er påkrævet."),
        ({"steps-0-prompts-1-low": ""}, "Skriv, hvad tallet betyder."),
        ({"steps-0-position": "2"}, "To trin har samme rækkefølge. Giv hver sit tal."),
        ({"steps-0-prompts-0-position": "2"}, "To spørgsmål har samme rækkefølge. Giv hver sit tal."),
        ({"steps-0-dilemmas": "D99"}, "Der findes ikke noget med nøglen D99."),
        ({"steps-0-prompts-0-kind": "essay"}, "Marker en gyldig valgmulighed"),
    ],
)
def test_what_cannot_be_saved_is_said_in_danish_where_it_stands(
    method_owner_client, edit, draft, changes, message
):
    before = rows()
    refused = edit(draft, changes, by=method_owner_client)
    assert refused.select(".errornote")
    assert message in refused.text
    assert rows() == before


def test_two_kinds_of_special_help_for_the_same_people_are_refused(method_owner_client, edit, draft):
    draft.steps.first().variants.create(concerns="citizens", help="Den første.")
    again = {"steps-0-variants-1-concerns": "citizens", "steps-0-variants-1-help": "Den anden."}
    refused = edit(draft, again, by=method_owner_client)
    assert "Der kan kun være én særlig hjælp for hver, trinnet handler om." in refused.text
    assert draft.steps.first().variants.count() == 1


def test_the_portals_own_guides_fit_into_one_form(admin_page, method_owner_client, content):
    """More fields than the server takes would be refused without a word about why."""
    for guide in Guide.objects.all():
        draft = guide.current_version().new_draft()
        form = admin_page(admin_url(draft), by=method_owner_client).form("#guideversion_form")
        saved = form.send({"steps-0-title": "Gemt i ét hug", "_continue": "1"})
        assert saved.url == admin_url(draft)
        assert draft.steps.first().title == "Gemt i ét hug"


def test_a_draft_is_thrown_away_and_the_published_version_stays(
    admin_page, method_owner_client, version, draft
):
    admin_page(admin_url(draft, "delete"), by=method_owner_client, post={"post": "yes"})
    assert list(GuideVersion.objects.all()) == [version]


# --- Comparison --------------------------------------------------------------------------------------------


def test_the_comparison_pairs_steps_and_prompts_and_names_the_difference(version, draft):
    first, second = draft.steps.all()
    first.delete()
    second.purpose = "Noget nyt."
    second.save()
    draft.for_one = not draft.for_one
    draft.save()
    second.prompts.create(position=4, kind="question", text="Hvem savner det?")
    old, new = (GuideVersion.objects.with_steps().get(pk=pk) for pk in [version.pk, draft.pk])
    about, gone, kept = compare(old, new)
    assert {(line.label, line.old, line.new) for line in about.changes} == {("Kan bruges alene", "ja", "nej")}
    assert {line.change for line in gone.lines if line.old} == {"Fjernet"}
    told = {line.label: (line.old, line.new, line.change) for line in kept.changes}
    assert told["Formål"] == ("At se, hvad målet vil ændre.", "Noget nyt.", "Ændret")
    assert told["Spørgsmål 4, tekst"] == ("", "Hvem savner det?", "Ny")
    assert "Titel" not in told


def test_a_line_that_is_the_same_has_no_change():
    assert Line("Titel", "a", "a").change == ""


def test_the_page_shows_both_texts_side_by_side_and_the_rest_on_request(
    admin_page, method_owner_client, edit, draft
):
    compared = edit(draft, {"steps-0-purpose": "Noget nyt."}, by=method_owner_client, button="_compare")
    assert compared.url == admin_url(draft, "publish")
    cells = compared.texts("tbody tr:first-child > *")
    marked = "Ændret: [fjernet: At se, hvad målet vil ændre][tilføjet: Noget nyt]."
    assert cells == ["Formål", "At se, hvad målet vil ændre.", "Noget nyt.", marked]
    assert len(compared.select("tbody tr")) == 1
    everything = admin_page(admin_url(draft, "publish"), by=method_owner_client, query={"alt": "1"})
    assert len(everything.select("tbody tr")) > 20


# --- Publishing ------------------------------------------------------------------------------------------


def test_version_2_is_published_and_version_1_and_what_runs_on_it_stay(
    admin_page, method_owner_client, staff, guide, draft
):
    version = guide.current_version()
    running = Reflection.start_solo(version, staff)
    step = draft.steps.first()
    step.title = "Titlen i udgave 2"
    step.save()
    before = list(version.steps.values())

    done = admin_page(admin_url(draft, "publish"), by=method_owner_client).form("main form").send()

    assert messages_of(done)[0].endswith("Nye refleksioner bruger den fra nu af.")
    assert guide.current_version() == draft
    assert list(version.steps.values()) == before
    running.refresh_from_db()
    assert running.version == version
    assert Reflection.start_solo(guide.current_version(), staff).version == draft


def test_looking_at_the_comparison_publishes_nothing(admin_page, method_owner_client, draft):
    admin_page(admin_url(draft, "publish"), by=method_owner_client)
    draft.refresh_from_db()
    assert not draft.is_published


def test_what_was_changed_since_the_comparison_is_not_published_unseen(
    admin_page, method_owner_client, draft
):
    compared = admin_page(admin_url(draft, "publish"), by=method_owner_client)
    Step.objects.filter(version=draft, position=1).update(title="Skrevet i et andet vindue")
    answer = compared.form("main form").send()
    draft.refresh_from_db()
    assert not draft.is_published
    assert "Kladden er ændret, siden du så den her." in answer.text
    assert "Skrevet i et andet vindue" in answer.text


def test_a_draft_is_not_published_twice(admin_page, method_owner_client, draft):
    one, other = (
        admin_page(admin_url(draft, "publish"), by=method_owner_client).form("main form") for _ in range(2)
    )
    one.send()
    draft.refresh_from_db()
    date = draft.published_at
    assert "er allerede udgivet" in messages_of(other.send())[0]
    draft.refresh_from_db()
    assert draft.published_at == date


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda draft: draft.steps.all().delete(), "Kladden har ingen trin."),
        (lambda draft: Prompt.objects.filter(step__version=draft).exclude(kind="question").delete(),
         "har ikke noget at svare på"),
    ],
)  # fmt: skip
def test_a_draft_that_nobody_could_answer_is_not_published(
    admin_page, method_owner_client, draft, spoil, reason
):
    spoil(draft)
    shown = admin_page(admin_url(draft, "publish"), by=method_owner_client)
    assert reason in shown.text
    assert not shown.select("main form [type=submit]")
    admin_page(admin_url(draft, "publish"), by=method_owner_client, post={"seen": "x"})
    draft.refresh_from_db()
    assert not draft.is_published


def test_the_first_version_of_a_guide_has_nothing_to_stand_beside(admin_page, method_owner_client, db):
    first = make_guide(is_published=False).versions.get()
    shown = admin_page(admin_url(first, "publish"), by=method_owner_client)
    assert "Nu: ingen udgave" in shown.texts("th")
    shown.form("main form").send()
    first.refresh_from_db()
    assert first.is_published


def test_the_pages_of_guides_are_good_pages(admin_page, method_owner_client, guide, draft):
    for model in [Guide, GuideVersion]:
        admin_page(admin_url(model, "changelist"), by=method_owner_client)
        admin_page(admin_url(model.objects.first(), "history"), by=method_owner_client)
    listed = admin_page(admin_url(guide), by=method_owner_client)
    assert listed.links(".field-all_versions a") == {
        "Målkompasset, udgave 2": admin_url(draft),
        "Målkompasset, udgave 1": admin_url(guide.versions.get(number=1)),
    }


# --- Warned, and back again ---------------------------------------------------------------------------


def test_the_comparison_marks_words_and_warns_of_what_is_forgotten(admin_page, method_owner_client, draft):
    draft.provenance_note = "De to trin er fra bogen."
    draft.save()
    draft.publish()
    draft = draft.new_draft()
    step = draft.steps.first()
    step.title, step.title_en = "En ny titel", ""
    step.save()
    draft.steps.create(position=9, title="Et trin mere", purpose="Mere.", help="Hjælp.")
    shown = admin_page(admin_url(draft, "publish"), by=method_owner_client)
    told = " ".join(shown.texts("[role=note] li"))
    assert "Et trin mere mangler på engelsk: " in told
    assert "Passer den stadig?" in told
    assert "Der er nu 3 trin, og feltet" in told
    assert "siger to." in told
    assert "En ny titel" in " ".join(shown.texts(".differences ins"))


def test_one_goes_back_to_an_earlier_version_in_one_act(admin_page, method_owner_client, version, draft):
    draft.steps.update(title="Noget andet")
    draft.publish()
    page = admin_page(admin_url(version), by=method_owner_client)
    page.form("form[action$='/igen/']").send()
    now = version.guide.current_version()
    assert now.number == 3
    assert [*now.steps.values_list("title", flat=True)] == [*version.steps.values_list("title", flat=True)]
    assert not admin_page(admin_url(now), by=method_owner_client).select("form[action$='/igen/']")


def test_nobody_goes_back_over_a_draft(method_owner_client, version, draft):
    answer = method_owner_client.post(admin_url(version, "again"), follow=True)
    assert "Der er en kladde." in answer.content.decode()
    assert version.guide.versions.count() == 2
