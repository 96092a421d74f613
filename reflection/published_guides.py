"""The compasses as everybody may read them."""

from django.http import Http404

from publishing.content_version import once_per_version
from reflection.compasses import registered
from reflection.models import Guide, GuideVersion


def newest_version(slug: str) -> GuideVersion:
    """The newest published version of a guide, with the guide; raises Http404 where there is none."""
    published = GuideVersion.objects.published().filter(guide__is_retired=False).select_related("guide")
    try:
        return published.filter(guide__slug=slug).latest("number")
    except GuideVersion.DoesNotExist:
        raise Http404 from None


def usable_guides():
    return Guide.objects.filter(versions__in=GuideVersion.objects.published(), is_retired=False).distinct()


@once_per_version(otherwise=list)
def further_compasses() -> list[Guide]:
    """Those that nobody has registered: made in the admin, or a file of the content."""
    homes = [compass.slug for compass in registered() if compass.home]
    return list(usable_guides().exclude(slug__in=homes))


def menu() -> list[tuple[str, str]]:
    """Address and words of each compass: those that apps have registered first, as they registered."""
    homes = [compass.home.page for compass in registered() if compass.home]
    return [*homes, *((guide.get_absolute_url(), str(guide.local.title)) for guide in further_compasses())]
