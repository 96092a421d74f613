"""The words of results, rules and exercise: data of a version, edited as a draft, then never changed."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import override

from reflection.admin.comparison import compare
from reflection.agenda import Stage
from reflection.models import Guide, GuideVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(guide) -> GuideVersion:
    return guide.current_version()


def test_the_first_version_has_every_text_of_the_brief_in_both_languages(content):
    texts = Guide.objects.get(slug="samarbejdskompasset").current_version().texts
    kinds = ["knows", "close", "too-high", "too-low", "sure-but-wrong", "divided"]
    expected = {f"{kind}-{part}" for kind in kinds for part in ["title", "text"]}
    leading = {f"{what}-{stage}" for what in ["say", "minutes"] for stage in Stage}
    rules = {f"rule-{number}" for number in range(1, 6)}
    assert set(texts) == expected | rules | leading | {"exercise", "one-sided"}
    assert all(said["da"] and said["en"] for said in texts.values())


def test_a_text_is_read_in_the_language_of_the_page_and_says_where_it_is_not(version):
    assert version.text("knows-title") == "I kender hinanden her"
    with override("en"):
        assert version.text("knows-title") == "You know each other here"
        version.texts["knows-title"]["en"] = ""
        assert (version.text("knows-title"), version.text("knows-title").lang) == (
            "I kender hinanden her",
            "da",
        )
    assert version.text("findes-ikke") == ""
    assert version.texts_like("rule-")[2] == "Man må sige pas."


def test_a_published_text_never_changes(version):
    version.texts["knows-title"]["da"] = "Noget andet"
    with pytest.raises(IntegrityError), transaction.atomic():
        version.save()


def test_a_draft_holds_the_texts_and_the_method_owner_changes_them(method_owner_client, version):
    draft = version.new_draft()
    address = reverse("admin:reflection_guideversion_change", args=[draft.pk])
    page = method_owner_client.get(address)
    sent = {field.html_name: field.value() or "" for field in page.context["adminform"].form}
    for formset in page.context["inline_admin_formsets"]:
        sent |= {field.html_name: field.value() for field in formset.formset.management_form}
        for form in formset.formset:
            sent |= {field.html_name: field.value() or "" for field in form}
            for part in getattr(form, "parts", {}).values():
                sent |= {field.html_name: field.value() for field in part.management_form}
                sent |= {field.html_name: field.value() or "" for each in part for field in each}
    sent["own-knows-title-da"] = "Her kender I hinanden"
    assert method_owner_client.post(address, sent).status_code == 302
    draft.refresh_from_db()
    assert draft.texts == version.texts | {
        "knows-title": {"da": "Her kender I hinanden", "en": "You know each other here"}
    }
    changed = [line for section in compare(version, draft) for line in section.changes]
    assert [(line.label, line.new) for line in changed] == [
        ("Gæt og svar er under 0,5 fra hinanden, overskrift", "Her kender I hinanden")
    ]


def test_a_published_version_shows_its_texts_and_no_field_for_them(method_owner_client, version):
    page = method_owner_client.get(reverse("admin:reflection_guideversion_change", args=[version.pk]))
    assert "Der er flere svar end ét. Spørg mere end én." in page.content.decode()
    assert 'name="own-' not in page.content.decode()
