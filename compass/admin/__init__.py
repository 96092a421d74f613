from aarhuskompas.editing.links import LEADS_ON
from compass.admin import framework, history, library, pages, pictures, recordings, research, shelves
from compass.models import OldAddress

__all__ = ["framework", "history", "library", "pages", "pictures", "recordings", "research", "shelves"]

LEADS_ON.append(OldAddress.objects.leads_on)
