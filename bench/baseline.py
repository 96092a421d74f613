"""The floor that `make bench` divides by: Django answering one fixed text, with nothing around it."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

from aarhuskompas.serving.wsgi_bridge import ThreadedWSGI

settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="not-used", MIDDLEWARE=[], USE_I18N=False
)

urlpatterns = [path("", lambda request: HttpResponse("ok"))]

application = ThreadedWSGI(get_wsgi_application(), threads=4)
