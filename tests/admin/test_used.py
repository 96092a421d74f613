"""Where pictures and files are used, and which are not."""

import pytest

from compass.models import Attachment, Picture
from tests.admin.conftest import admin_url
from tests.factories import make_attachment, make_picture, make_story, yesterday

pytestmark = pytest.mark.django_db


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def unused(admin_page, model, by) -> int:
    page = admin_page(admin_url(model, "changelist"), by=by, query={"brug": "ingen"})
    return len(page.select("#result_list tbody tr"))


def test_what_stands_in_no_text_is_found_and_what_does_says_where(admin_page, editor_client, media):
    chosen, written, waiting, free = (make_picture(alt=f"Billede {number}") for number in range(4))
    make_story("Valgt", picture=chosen)
    make_story("I teksten", body=f"![Et]({written.address})", published_at=None)
    story = make_story("Ved siden af", published_at=yesterday())
    form = admin_page(admin_url(story), by=editor_client).form("#story_form")
    form.send({"picture": str(waiting.pk), "_apart": "1"})
    page = admin_page(admin_url(Picture, "changelist"), by=editor_client, query={"brug": "ingen"})
    assert [image.get("alt") for image in page.select("#result_list img")] == ["Billede 3"]
    for picture, words in [
        (chosen, "Historie: Valgt"),
        (written, "Historie: I teksten"),
        (free, "Ingen steder"),
    ]:
        shown = admin_page(admin_url(picture), by=editor_client)
        assert shown.texts(".field-used .readonly") == [words]


def test_files_are_the_same(admin_page, editor_client, media):
    chosen, _free = make_attachment(), make_attachment()
    make_story("Valgt").attachments.add(chosen)
    assert unused(admin_page, Attachment, editor_client) == 1
    assert "Historie: Valgt" in admin_page(admin_url(chosen), by=editor_client).texts(".field-used .readonly")
