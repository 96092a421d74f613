"""Save a story as an editor does: python -m bench.save 3"""

import os
import sys

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aarhuskompas.settings")
    django.setup()
    from compass.models import Story

    story = Story.objects.get(slug="nogen-at-foelges-med-til-laegen")
    story.standfirst = f"{story.standfirst.partition(' (')[0]} ({sys.argv[1]})"
    story.save()
