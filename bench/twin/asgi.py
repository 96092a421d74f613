"""The twin on the server that carries the portal, so that the pages alone differ."""

import os

from django.core.wsgi import get_wsgi_application

from aarhuskompas.serving.wsgi_bridge import ThreadedWSGI

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.twin.settings"
application = ThreadedWSGI(get_wsgi_application(), threads=4)
