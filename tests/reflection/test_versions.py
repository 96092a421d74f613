"""A compass comes in versions: a draft can be changed, what is published never – not even by SQL."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from reflection.models import Guide, GuideVersion, HelpVariant, Prompt, Step
from tests.factories import make_dilemma, make_guide, make_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def published():
    """A published version with everything a version can hold."""
    version = make_guide(is_published=False).versions.get()
    step = version.steps.get(position=1)
    step.variants.create(concerns="citizens", help="Tænk på tre borgere.", help_en="Think of three citizens.")
    step.dilemmas.add(make_dilemma())
    step.stories.add(make_story())
    version.publish()
    return version


def contents(version) -> list:
    """All that a version holds, without its own keys."""
    left_out = {"id", "version", "step"}

    def values(item):
        return {
            field.name: getattr(item, field.attname)
            for field in item._meta.concrete_fields
            if field.name not in left_out
        }

    return [
        (
            values(step),
            [values(prompt) for prompt in step.prompts.all()],
            [values(variant) for variant in step.variants.order_by("concerns")],
            sorted(step.dilemmas.values_list("pk", flat=True)),
            sorted(step.stories.values_list("pk", flat=True)),
        )
        for step in version.steps.all()
    ]


# --- Drafts and publishing -----------------------------------------------------------------------


def test_a_new_draft_is_a_copy_of_everything(published):
    draft = published.new_draft()
    assert contents(draft) == contents(published)
    assert len(contents(draft)) == 2
    assert set(draft.steps.values_list("pk")) & set(published.steps.values_list("pk")) == set()
    assert (draft.guide, draft.number, draft.is_published) == (published.guide, 2, False)
    assert (draft.intro, draft.minutes_solo) == (published.intro, published.minutes_solo)


def test_a_draft_of_the_real_compass_is_a_copy_of_everything(content):
    version = Guide.objects.get(slug="maalkompasset").current_version()
    draft = version.new_draft()
    assert contents(draft) == contents(version)
    assert len(contents(draft)) == 8


def test_changing_the_draft_leaves_the_published_version_alone(published):
    before = contents(published)
    draft = published.new_draft()
    step = draft.steps.get(position=1)
    step.title = "Noget andet"
    step.save()
    step.prompts.all().delete()
    step.variants.all().delete()
    step.dilemmas.clear()
    assert contents(published) == before


def test_the_newest_published_version_is_the_current_one(published):
    guide = published.guide
    draft = published.new_draft()
    assert guide.current_version() == published
    draft.publish()
    assert guide.current_version() == draft


def test_there_is_one_draft_at_a_time(published):
    published.new_draft()
    with pytest.raises(IntegrityError, match="one_draft_per_guide"), transaction.atomic():
        published.new_draft()


def test_a_compass_without_a_published_version_has_no_current_one():
    with pytest.raises(GuideVersion.DoesNotExist):
        make_guide(is_published=False).current_version()


def test_an_old_version_can_be_the_start_of_a_new_draft(published):
    second = published.new_draft()
    second.publish()
    assert published.new_draft().number == 3


# --- What is published never changes -------------------------------------------------------------

CHANGES = {
    "a step's words": "UPDATE reflection_step SET title = 'x'",
    "a step's order": "UPDATE reflection_step SET position = position + 10",
    "a step taken away": "DELETE FROM reflection_step",
    "a prompt's words": "UPDATE reflection_prompt SET text = 'x'",
    "a prompt's kind": "UPDATE reflection_prompt SET kind = 'line'",
    "a prompt taken away": "DELETE FROM reflection_prompt",
    "a help text": "UPDATE reflection_helpvariant SET help = 'x'",
    "a help text taken away": "DELETE FROM reflection_helpvariant",
    "the version's words": "UPDATE reflection_guideversion SET intro = 'x'",
    "the publishing taken back": "UPDATE reflection_guideversion SET published_at = NULL",
    "the version taken away": "DELETE FROM reflection_guideversion",
    "a step more": """
        INSERT INTO reflection_step (version_id, position, topic, title, title_en, purpose, purpose_en,
            help, help_en, good, good_en)
        SELECT version_id, 99, '', 'x', '', 'x', '', '', '', '', '' FROM reflection_step LIMIT 1
    """,
    "a prompt more": """
        INSERT INTO reflection_prompt (step_id, position, kind, text, text_en, low, low_en, high, high_en,
            second, second_en, third, third_en, fourth, fourth_en)
        SELECT id, 99, 'line', 'x', '', '', '', '', '', '', '', '', '', '', '' FROM reflection_step LIMIT 1
    """,
    "a help text more": """
        INSERT INTO reflection_helpvariant (step_id, concerns, help, help_en)
        SELECT id, 'inside', 'x', '' FROM reflection_step LIMIT 1
    """,
}


def run(statement, *parameters):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return cursor.rowcount


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_a_change_of_what_is_published(published, change):
    before = contents(published)
    with pytest.raises(IntegrityError, match="a published guide version never changes"):
        run(CHANGES[change])
    assert contents(published) == before


@pytest.mark.parametrize("change", [name for name in CHANGES if "publishing" not in name])
def test_the_same_change_of_a_draft_is_fine(change):
    version = make_guide(is_published=False).versions.get()
    version.steps.first().variants.create(concerns="citizens", help="Hjælp")
    if "taken away" in change:
        tables = ["prompt", "helpvariant"] if "help" not in change and "prompt" not in change else []
        for table in [*tables, *(["step"] if "version" in change else [])]:
            run(f"DELETE FROM reflection_{table}")  # noqa: S608
    run(CHANGES[change])


@pytest.mark.parametrize("model", [Step, Prompt, HelpVariant])
def test_nothing_moves_between_a_draft_and_what_is_published(published, model):
    draft = published.new_draft()
    parent = "version" if model is Step else "step"
    of_draft = {"version": draft} if model is Step else {"step__version": draft}
    of_published = {"version": published} if model is Step else {"step__version": published}
    inside, outside = model.objects.filter(**of_published).first(), model.objects.filter(**of_draft).first()
    for moved, target in [(inside, outside), (outside, inside)]:
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            model.objects.filter(pk=moved.pk).update(**{parent: getattr(target, parent)})


# --- Loading -------------------------------------------------------------------------------------


def test_loading_the_content_again_makes_no_second_version(content):
    before = list(GuideVersion.objects.values_list("guide__slug", "number"))
    call_command("load_content", verbosity=0)
    assert list(GuideVersion.objects.values_list("guide__slug", "number")) == before


def test_every_step_of_the_loaded_compasses_asks_one_statement_and_one_line(content):
    for step in Step.objects.filter(version__guide__slug="maalkompasset"):
        kinds = [prompt.kind for prompt in step.answered_prompts]
        assert kinds == [Prompt.Kind.SCALE, Prompt.Kind.LINE]
        assert len(step.questions) == 3


# --- What one answers stays where it was asked ---------------------------------------------------


def test_help_is_worded_for_whom_the_reflection_is_about(published):
    step = published.steps.prefetch_related("variants").get(position=1)
    assert step.help_for("citizens") == "Tænk på tre borgere."
    assert step.help_for("companies") == "Forklar det til en nabo."
    assert step.help_for("") == "Forklar det til en nabo."


@pytest.mark.parametrize(
    ("kind", "raw", "content"),
    [
        ("scale", "1", ("given", 1, "")),
        ("scale", "5", ("given", 5, "")),
        ("scale", "", ("given", None, "")),
        ("scale", "unknown", ("unknown", None, "")),
        ("line", "Tekst", ("given", None, "Tekst")),
        ("line", "5", ("given", None, "5")),
        ("line", "", ("given", None, "")),
        ("line", "unknown", ("given", None, "unknown")),
    ],
)
def test_what_a_field_holds_becomes_an_answer(kind, raw, content):
    assert tuple(Prompt(kind=kind).content(raw).values()) == content
