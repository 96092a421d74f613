"""The compasses as everybody may read them."""

from django.http import Http404

from reflection.models import GuideVersion


def newest_version(slug: str) -> GuideVersion:
    """The newest published version of a guide, with the guide; raises Http404 where there is none."""
    published = GuideVersion.objects.published().select_related("guide")
    try:
        return published.filter(guide__slug=slug).latest("number")
    except GuideVersion.DoesNotExist:
        raise Http404 from None
