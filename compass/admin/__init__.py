from compass.admin import framework, library, pages, pictures, recordings, research, taxonomy, timeline
from compass.models import OldAddress
from publishing.admin.references import LEADS_ON

__all__ = ["framework", "library", "pages", "pictures", "recordings", "research", "taxonomy", "timeline"]

LEADS_ON.append(OldAddress.objects.leads_on)
