"""The compasses as everybody may read them."""

from django.conf import settings
from django.http import Http404
from django.utils.translation import get_language, override

from publishing.content_version import once_per_version
from reflection.compasses import Page, registered
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


def in_all_languages() -> dict[str | None, tuple[Page, ...]]:
    menus = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            homes = [compass.home.page for compass in registered() if compass.home]
            further = [(guide.get_absolute_url(), str(guide.local.title)) for guide in further_compasses()]
            menus[language] = (*homes, *(Page(*page) for page in further))
    return menus


menus = once_per_version(otherwise=in_all_languages)(in_all_languages)


def menu() -> tuple[Page, ...]:
    """Address and words of each compass: those that apps have registered first, as they registered."""
    return menus()[get_language()]
