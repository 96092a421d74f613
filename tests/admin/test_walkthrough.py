"""A draft is seen step by step as those who take part will see it, and nothing of it lasts."""

from html import unescape

from reflection.models import Participant, Reflection
from tests.admin.conftest import admin_url


def walk(version, position):
    return admin_url(version).replace("/change/", f"/se/{position}/")


def test_a_method_owner_sees_a_step_as_it_is_saved(admin_page, method_owner_client, draft):
    step = draft.steps.get(position=2)
    step.title, step.title_en = "Et nyt trin", "A new step"
    step.save()
    opened = admin_page(admin_url(draft), by=method_owner_client)
    assert walk(draft, 1) in opened.links("a").values()
    shown = admin_page(walk(draft, 2), by=method_owner_client)
    danish, english = (unescape(frame.get("srcdoc")) for frame in shown.select("iframe"))
    assert "Et nyt trin" in danish
    assert "A new step" in english
    assert "Kladde" in danish
    assert "<script" not in danish
    assert shown.one("[aria-current=page]").get("href") == walk(draft, 2)
    assert not Reflection.objects.exists()
    assert not Participant.objects.exists()


def test_there_is_no_step_more_than_there_are_and_none_for_others(
    client, staff_client, method_owner_client, draft
):
    assert method_owner_client.get(walk(draft, 99)).status_code == 404
    assert method_owner_client.post(walk(draft, 1)).status_code == 405
    assert staff_client.get(walk(draft, 1)).status_code in {302, 403}
    assert client.get(walk(draft, 1)).status_code == 302
