from compass.admin import framework, history, library, pages, pictures, recordings, research, shelves
from compass.models import OldAddress
from publishing.admin.references import LEADS_ON

__all__ = ["framework", "history", "library", "pages", "pictures", "recordings", "research", "shelves"]

LEADS_ON.append(OldAddress.objects.leads_on)
