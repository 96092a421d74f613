from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from aarhuskompas.serving.static_files import static_file_of_another_release

urlpatterns = [
    path("admin/", admin.site.urls),
    path("static/<path:name>", static_file_of_another_release, name="static_file_of_another_release"),
]

# Danish without a prefix, English under /en/; the addresses are Danish in both.
urlpatterns += i18n_patterns(
    path("konto/", include("accounts.urls")),
    path("maalkompasset/", include("goals.urls")),
    path("farvel/", include("goals.goodbye_urls")),
    path("samarbejdskompasset/", include("collaboration.urls")),
    path("", include("publishing.urls")),
    path("", include("reflection.urls")),
    path("", include("compass.urls")),
    prefix_default_language=False,
)

handler400 = "compass.views.errors.bad_request"
handler403 = "compass.views.errors.forbidden"
handler404 = "compass.views.errors.not_found"
handler500 = "compass.views.errors.server_error"
