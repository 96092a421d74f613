from compass.admin import (
    dilemmas,
    framework,
    pages,
    pictures,
    portal,
    recordings,
    redirects,
    research,
    stories,
    taxonomy,
    timeline,
)
from compass.models import Redirect
from publishing.admin.references import LEADS_ON

__all__ = [
    "dilemmas", "framework", "pages", "pictures", "portal", "recordings", "redirects", "research", "stories",
    "taxonomy", "timeline",
]  # fmt: skip

LEADS_ON.append(Redirect.objects.leads_on)
