"""What search engines read of a page (schema.org), as JSON-LD."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from compass import opendata
from publishing.portal import current_portal


def publisher() -> dict:
    return {"@type": "GovernmentOrganization", "name": current_portal().municipality}


def full(address: str) -> str:
    return f"{settings.SITE_URL}{address}"


def of_story(story) -> dict:
    address = full(story.get_absolute_url())
    return _graph(
        _article(story, address, story.local.title, story.local.standfirst),
        _breadcrumb(_("Historier"), "compass:stories", story.local.title, address),
    )


def of_dilemma(dilemma) -> dict:
    poles = f"{dilemma.local.pole_a} – {dilemma.local.pole_b}"
    address = full(dilemma.get_absolute_url())
    return _graph(
        _article(dilemma, address, dilemma.local.title, poles),
        _breadcrumb(_("Dilemmaer"), "compass:dilemmas", dilemma.local.title, address),
    )


def of_open_data() -> dict:
    return _graph(*(_dataset(collection) for collection in opendata.collections().values()))


def _graph(*things: dict) -> dict:
    return {"@context": "https://schema.org", "@graph": list(things)}


def _article(item, address: str, headline: str, description: str) -> dict:
    dates = {"dateModified": item.updated_at.isoformat()}
    if item.published_at:
        dates["datePublished"] = item.published_at.isoformat()
    return {
        "@type": "Article",
        "headline": headline,
        "description": description,
        "url": address,
        "inLanguage": getattr(headline, "lang", "") or get_language(),
        "articleSection": item.path.local.title,
        "publisher": publisher(),
        **dates,
    }


def _breadcrumb(section: str, route: str, title: str, address: str) -> dict:
    steps = [
        (_("Forside"), full(reverse("compass:front"))),
        (section, full(reverse(route))),
        (title, address),
    ]
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": number, "name": name, "item": address}
            for number, (name, address) in enumerate(steps, start=1)
        ],
    }


def _dataset(collection) -> dict:
    formats = {"application/json": "opendata_json", "text/csv": "opendata_csv"}
    return {
        "@type": "Dataset",
        "name": f"{current_portal().local.name}: {collection.title}",
        "description": _("Alle offentlige tekster af denne slags, på dansk og engelsk, med ophav og kilder."),
        "url": full(reverse("compass:opendata")),
        "license": opendata.LICENCE_URL,
        "inLanguage": ["da", "en"],
        "creator": publisher(),
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": encoding,
                "contentUrl": full(reverse(f"compass:{route}", args=[collection.name])),
            }
            for encoding, route in formats.items()
        ],
    }
