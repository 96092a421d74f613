"""A version beside the public text: written, compared, shown by a link, scheduled; and no reader sees it."""

from datetime import timedelta

import pytest
from django.core import signing
from django.core.management import call_command
from django.utils import timezone

from compass.models import Story, Theme
from publishing.admin.pending import as_it_will_be, pending_of
from publishing.admin.snapshots import stored
from publishing.models import PendingVersion, UnsavedWork
from publishing.views import SALT, link_to
from tests.admin.conftest import admin_url, messages_of
from tests.factories import make_dilemma, make_story, tomorrow, yesterday

pytestmark = pytest.mark.django_db

SECRET = "Hemmelighedskræmmer"


def keep_beside(admin_page, item, changes, by):
    opened = admin_page(admin_url(item), by=by)
    return opened.form(f"#{item._meta.model_name}_form").send({**changes, "_apart": "1"})


def fresh(item):
    return type(item).objects.get(pk=item.pk)


@pytest.fixture
def story(editor_client):
    return make_story("Offentlig", published_at=yesterday())


@pytest.fixture
def dilemma(editor_client):
    dilemma = make_dilemma("Offentligt", published_at=yesterday())
    dilemma.standpoints.all().delete()
    for number in [1, 2]:
        dilemma.standpoints.create(position=number, title=f"Sted {number}", text="Her står jeg.")
    return dilemma


def rows(dilemma, *texts) -> dict:
    """What a form with these standpoints sends: the two that are there, and new ones."""
    values = {"standpoints-TOTAL_FORMS": str(len(texts))}
    for number, text in enumerate(texts):
        values |= {f"standpoints-{number}-position": str(number + 1), f"standpoints-{number}-title": text}
        values |= {f"standpoints-{number}-text": f"Om {text}."}
    return values


# --- Written ---------------------------------------------------------------------------------------------


def test_what_is_kept_beside_changes_nothing_that_readers_see(admin_page, editor_client, story):
    before = stored(story)
    kept = keep_beside(admin_page, story, {"title": SECRET}, editor_client)
    assert "Kladden er gemt. Læserne ser stadig den gamle tekst." in messages_of(kept)
    assert stored(fresh(story)) == before
    assert kept.one("[name=title]").get("value") == SECRET
    assert kept.url == admin_url(story, "pending")


def test_it_holds_rows_relations_and_english(admin_page, editor_client, dilemma):
    changes = {"title_en": "Secret title", **rows(dilemma, "Sted 1", SECRET, "Et nyt sted")}
    form = keep_beside(admin_page, dilemma, changes, editor_client)
    assert [field.get("value") for field in form.select("[name^=standpoints-][name$=-title]")][:3] == [
        "Sted 1", SECRET, "Et nyt sted",
    ]  # fmt: skip
    assert list(dilemma.standpoints.values_list("title", flat=True)) == ["Sted 1", "Sted 2"]
    admin_page(admin_url(dilemma, "appear"), by=editor_client).form("main form").send()
    assert list(dilemma.standpoints.values_list("title", flat=True)) == ["Sted 1", SECRET, "Et nyt sted"]
    assert fresh(dilemma).title_en == "Secret title"


def test_relations_take_their_place_with_it(admin_page, editor_client, story):
    theme = Theme.objects.create(title="Nyt tema", slug="nyt-tema")
    keep_beside(admin_page, story, {"themes": [str(theme.pk)]}, editor_client)
    assert not story.themes.exists()
    admin_page(admin_url(story, "appear"), by=editor_client).form("main form").send()
    assert list(story.themes.all()) == [theme]


def test_the_day_it_ends_takes_its_place_with_it_and_is_never_gone_by(admin_page, editor_client, story):
    day = tomorrow().astimezone(timezone.get_default_timezone())
    ends = {"published_until_0": day.strftime("%d.%m.%Y"), "published_until_1": "12:00:00"}
    form = keep_beside(admin_page, story, ends, editor_client)
    assert form.one("[name=published_until_0]").get("value") == ends["published_until_0"]
    assert not form.select("[name=published_at_0]")
    assert fresh(story).published_until is None
    until_then, gone_by = pending_of(story), pending_of(story)
    gone_by.texts["compass.story"][str(story.pk)]["published_until"] = timezone.now().isoformat()
    gone_by.save()
    kept = admin_page(admin_url(story, "appear"), by=editor_client).form("main form").send()
    assert "Den dag, kladden skal væk igen, er gået." in " ".join(messages_of(kept))
    until_then.save()
    admin_page(admin_url(story, "appear"), by=editor_client).form("main form").send()
    assert timezone.localtime(fresh(story).published_until).date() == day.date()


def test_its_form_is_saved_again_and_again(admin_page, editor_client, dilemma):
    form = keep_beside(admin_page, dilemma, rows(dilemma, "Et", "To", "Tre"), editor_client)
    again = form.form("#dilemma_form").send({"title": "Anden gang", "_save": "1"})
    assert again.one("[name=title]").get("value") == "Anden gang"
    assert len(again.select("[name^=standpoints-][name$=-title]")) == 4  # with the empty one
    assert PendingVersion.objects.count() == 1
    assert fresh(dilemma).title == "Offentligt"


def test_a_form_with_a_fault_is_shown_again_with_what_was_typed(admin_page, editor_client, story):
    form = keep_beside(admin_page, story, {"title": SECRET, "standfirst": ""}, editor_client)
    assert "Dette felt er påkrævet." in form.text
    assert form.one("[name=title]").get("value") == SECRET
    assert not PendingVersion.objects.exists()


def test_two_who_write_it_are_put_together_or_asked(admin_page, editor_client, story):
    mine, late = (admin_page(admin_url(story), by=editor_client).form("#story_form") for _ in range(2))
    keep_beside(admin_page, story, {"title": "Kollegaens titel"}, editor_client)
    mine.send({"standfirst": "Min indledning.", "_apart": "1"})
    wanted = as_it_will_be(pending_of(story), story)["compass.story"][str(story.pk)]
    assert (wanted["title"], wanted["standfirst"]) == ("Kollegaens titel", "Min indledning.")
    answer = editor_client.post(admin_url(story), {**late.values, "title": "Min", "_apart": "1"})
    assert answer.status_code == 409
    assert "Gem min udgave alligevel" in answer.content.decode()


def test_what_is_typed_in_its_form_is_kept_apart_from_the_public_ones(admin_page, editor_client, story):
    form = keep_beside(admin_page, story, {"title": SECRET}, editor_client)
    values = {**form.form("#story_form").values, "title": "Halvt skrevet"}
    assert editor_client.post(form.one("#unsaved-status").get("data-url"), values).json()["kept"]
    assert "ikke er gemt" not in admin_page(admin_url(story), by=editor_client).text
    again = admin_page(admin_url(story, "pending"), by=editor_client)
    fetched = admin_page(admin_url(story, "pending") + again.links(".kept a")["Hent det"], by=editor_client)
    assert fetched.one("[name=title]").get("value") == "Halvt skrevet"
    fetched.form("#story_form").send({"_save": "1"})
    assert pending_of(story).texts["compass.story"][str(story.pk)]["title"] == "Halvt skrevet"
    assert not UnsavedWork.objects.waiting().exists()
    own = admin_page("/admin/", by=editor_client)
    assert "Halvt" not in own.text


# --- Compared, and in the public one's place ---------------------------------------------------------------


def test_it_is_compared_and_takes_the_place_whole(admin_page, editor_client, story):
    keep_beside(admin_page, story, {"title": SECRET}, editor_client)
    page = admin_page(admin_url(story, "appear"), by=editor_client)
    assert page.texts("ins") == [f"[tilføjet: {SECRET}]"]
    page.form("main form").send()
    assert fresh(story).title == SECRET
    assert fresh(story).published_at == story.published_at
    assert not PendingVersion.objects.exists()
    history = admin_page(admin_url(story, "history"), by=editor_client)
    assert "Kladden har taget den offentlige teksts plads." in history.text


def test_what_others_changed_in_the_public_text_meanwhile_stays(admin_page, editor_client, edit, dilemma):
    keep_beside(admin_page, dilemma, {"title": SECRET, **rows(dilemma, "Sted 1", "Mit andet")}, editor_client)
    edit(dilemma, {"question": "Rettet imens?", "standpoints-0-text": "Rettet imens."}, by=editor_client)
    dilemma.standpoints.create(position=3, title="Kommet imens", text="Her.")
    admin_page(admin_url(dilemma, "appear"), by=editor_client).form("main form").send()
    now = fresh(dilemma)
    assert (now.title, now.question) == (SECRET, "Rettet imens?")
    assert list(now.standpoints.values_list("title", flat=True)) == ["Sted 1", "Mit andet", "Kommet imens"]


def test_it_appears_by_itself_on_its_moment(admin_page, editor_client, story):
    keep_beside(admin_page, story, {"title": SECRET}, editor_client)
    page = admin_page(admin_url(story, "appear"), by=editor_client)
    planned = page.form("main form").send(
        {"moment": timezone.localtime(tomorrow()).strftime("%Y-%m-%dT%H:%M")}
    )
    assert any("Kladden tager den offentlige teksts plads" in text for text in messages_of(planned))
    call_command("publish_due")
    assert fresh(story).title == "Offentlig"
    PendingVersion.objects.update(takes_place_at=timezone.now())
    call_command("publish_due")
    call_command("publish_due")
    assert fresh(story).title == SECRET


def test_a_moment_that_has_gone_is_refused(admin_page, editor_client, story):
    keep_beside(admin_page, story, {"title": SECRET}, editor_client)
    answer = editor_client.post(admin_url(story, "appear"), {"moment": "2020-01-01T10:00"})
    assert answer.status_code == 400
    assert "Vælg et tidspunkt, der ikke er gået." in answer.content.decode()


def test_one_that_cannot_appear_stays_and_says_why(admin_page, editor_client, story):
    keep_beside(admin_page, story, {"slug": "optaget"}, editor_client)
    make_story("En anden", slug="optaget")
    PendingVersion.objects.update(takes_place_at=timezone.now())
    call_command("publish_due")
    assert fresh(story).slug != "optaget"
    assert pending_of(story).takes_place_at is None
    history = admin_page(admin_url(story, "history"), by=editor_client)
    assert "Kladden kunne ikke tage pladsen" in history.text


def test_it_is_thrown_away(admin_page, editor_client, story):
    form = keep_beside(admin_page, story, {"title": SECRET}, editor_client)
    form.form("form[action$='/kasser/']").send()
    assert not PendingVersion.objects.exists()
    assert fresh(story).title == "Offentlig"


def test_it_goes_with_its_text(admin_page, editor_client, story):
    keep_beside(admin_page, story, {"title": SECRET}, editor_client)
    story.delete()
    assert not PendingVersion.objects.exists()


# --- Shown -------------------------------------------------------------------------------------------------


def test_the_whole_page_is_shown_with_what_is_typed_and_nothing_is_stored(admin_page, editor_client, story):
    before = stored(story)
    opened = admin_page(admin_url(story), by=editor_client)
    values = {**opened.form("#story_form").values, "title": SECRET, "title_en": "A secret", "_preview": "1"}
    answer = editor_client.post(admin_url(story), values)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f"&lt;h1&gt;{SECRET}&lt;/h1&gt;" in text
    assert "&lt;h1&gt;A secret&lt;/h1&gt;" in text
    assert "Siden er ikke offentlig, som den står her." in text
    assert stored(fresh(story)) == before
    assert "no-store" in answer["Cache-Control"]


def test_something_new_is_shown_before_it_is_saved(admin_page, editor_client, story):
    opened = admin_page(admin_url(Story, "add"), by=editor_client)
    values = {
        **opened.form("#story_form").values, "key": "S99", "kind": "case", "path": story.path_id,
        "title": SECRET, "standfirst": "Kort.", "body": "Tekst.", "provenance": "composed", "_preview": "1",
    }  # fmt: skip
    assert (
        f"&lt;h1&gt;{SECRET}&lt;/h1&gt;"
        in editor_client.post(admin_url(Story, "add"), values).content.decode()
    )
    assert Story.objects.count() == 1


def test_what_cannot_be_shown_says_why(admin_page, editor_client, story):
    values = {**admin_page(admin_url(story), by=editor_client).form("#story_form").values, "title": ""}
    answer = editor_client.post(admin_url(story), {**values, "_preview": "1"})
    assert "Siden kan ikke vises endnu." in answer.content.decode()


def test_a_link_shows_it_to_somebody_without_an_account(admin_page, editor_client, client, story):
    form = keep_beside(admin_page, story, {"title": SECRET}, editor_client)
    link = form.one("#share-url").get("value").removeprefix("http://testserver")
    answer = client.get(link)
    assert answer.status_code == 200
    assert SECRET in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]
    assert client.get(f"/en{link}").status_code == 200
    other = make_story("En anden kladde", published_at=None)
    assert other.title not in client.get(link).content.decode()
    pending_of(story).delete()
    assert client.get(link).url == story.get_absolute_url()


@pytest.mark.parametrize("published_at", [None, tomorrow()])
def test_a_draft_that_was_never_public_is_shown_by_its_link(client, published_at):
    story = make_story(SECRET, published_at=published_at)
    assert SECRET in client.get(link_to(story)).content.decode()
    assert client.get(story.get_absolute_url()).status_code == 404


def test_a_link_ends_and_cannot_be_made_up(client, monkeypatch, story):
    story.withdraw()
    link = link_to(story)
    monkeypatch.setattr("publishing.views.DAYS", 0)
    later = signing.time.time() + 60
    monkeypatch.setattr(signing.time, "time", lambda: later)
    for address in [link, "/kladde/x/", f"/kladde/{signing.dumps(['compass.story', 0], salt=SALT)}/"]:
        answer = client.get(address)
        assert answer.status_code == 410
        assert "Linket gælder ikke mere" in answer.content.decode()


# --- Until -----------------------------------------------------------------------------------------------


def test_what_has_ended_is_public_nowhere_and_is_put_away(client, content):
    story = Story.objects.published().first()
    address = story.get_absolute_url()
    story.published_until = timezone.now() + timedelta(hours=1)
    story.save()
    assert client.get(address).status_code == 200
    Story.objects.filter(pk=story.pk).update(published_until=timezone.now())
    assert client.get(address).status_code == 404
    call_command("publish_due")
    assert client.get(address).status_code == 410
    assert fresh(story).state == "arkiveret"
    everywhere = [
        "/sitemap.xml",
        "/aabne-data/historier.json",
        "/historier/feed.xml",
        f"/soeg/?q={story.title}",
    ]
    assert not any(address in client.get(url).getvalue().decode() for url in everywhere)


def test_the_end_comes_after_the_beginning(admin_page, editor_client, edit, story):
    day = timezone.localtime(story.published_at) - timedelta(days=2)
    saved = edit(
        story, {"published_until_0": day.strftime("%d.%m.%Y"), "published_until_1": "10:00"}, by=editor_client
    )
    assert "Siden skal være offentlig, før den ikke er det mere." in saved.text
