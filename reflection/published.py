"""The compasses as everybody may read them."""

from django.http import Http404

from compass import library
from reflection.models import GuideVersion


def newest_version(slug: str) -> GuideVersion:
    """The newest published version of a guide, with the guide; raises Http404 where there is none.

    As this process has read it (compass/library.py): do not change it.
    """
    try:
        return library.current().read(_newest_version, slug)
    except GuideVersion.DoesNotExist:
        raise Http404 from None


def _newest_version(slug: str) -> GuideVersion:
    published = GuideVersion.objects.published().select_related("guide")
    return published.filter(guide__slug=slug).latest("number")
