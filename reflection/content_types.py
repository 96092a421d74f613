"""The compasses, as something that is published: see publishing/registry.py.

A published version never changes, so of its steps only the links to dilemmas and stories are followed.
"""

from django.utils.translation import pgettext_lazy

from publishing.registry import ContentType, Search, declare
from reflection.models import EndLine, Guide, GuideVersion, HelpVariant, Prompt, Step


def page_of(slug: str) -> str:
    return Guide(slug=slug).get_absolute_url()


declare(
    ContentType(
        model=Guide,
        parts=(GuideVersion,),
        edited_with=(Step, Prompt, HelpVariant, EndLine),
        search=(
            Search(
                label=pgettext_lazy("søgning", "Kompasser"),
                route=page_of,
                kind="guide",
                is_written=True,
            ),
            Search(
                label=pgettext_lazy("søgning", "Trin i kompasserne"),
                route=page_of,
                fragment="trin-{}",
                kind="step",
                length_of_address=2,
                is_reference=True,
                is_written=True,
            ),
        ),
        role="metodeansvarlig",
        # The public pages say for how long an open room lasts, and whether there are any.
        further_tables=("reflection_step_dilemmas", "reflection_step_stories", "privacy_retentionperiod"),
    )
)
