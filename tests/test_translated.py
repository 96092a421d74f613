import pytest
from django.apps import apps
from django.template import Context, Template
from django.utils import translation

from compass.models import Story


@pytest.fixture
def story():
    return Story(title="Farvel-listen", title_en="The goodbye list", standfirst="Træk fra.", talk="")


def shown(template, language, **context):
    with translation.override(language):
        return Template(template).render(Context(context))


def test_a_danish_page_shows_danish(story):
    assert shown("{{ story.local.title|marked }}", "da", story=story) == "Farvel-listen"


def test_an_english_page_shows_english(story):
    assert shown("{{ story.local.title|marked }}", "en", story=story) == "The goodbye list"


def test_a_missing_english_text_is_danish_and_says_so(story):
    html = shown("{{ story.local.standfirst|marked }}", "en", story=story)
    assert html == '<span lang="da">Træk fra.</span>'


def test_danish_text_on_a_danish_page_is_not_marked(story):
    assert shown("{{ story.local.standfirst|marked }}", "da", story=story) == "Træk fra."


def test_an_empty_text_is_never_marked(story):
    assert shown("{{ story.local.talk|marked }}", "en", story=story) == ""


def test_markdown_in_the_other_language_is_marked_as_a_block(story):
    html = shown("{{ story.local.standfirst|markdown }}", "en", story=story)
    assert html == '<div lang="da"><p>Træk fra.</p>\n</div>'


def test_marked_text_is_escaped(story):
    story.standfirst = "<b>a & b</b>"
    html = shown("{{ story.local.standfirst|marked }}", "en", story=story)
    assert html == '<span lang="da">&lt;b&gt;a &amp; b&lt;/b&gt;</span>'


def test_an_unknown_field_is_an_error_and_not_an_empty_text(story):
    with pytest.raises(AttributeError):
        story.local.titel  # noqa: B018


def test_every_translated_field_has_its_twin():
    """`title_en` beside `title`, in every model of the portal and of the same kind."""
    lonely = [
        f"{model.__name__}.{field.name}"
        for app in ["compass", "reflection"]
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if field.name.endswith("_en")
        and not (field.blank and type(model._meta.get_field(field.name[:-3])) is type(field))
    ]
    assert lonely == []
