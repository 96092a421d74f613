from django.urls import path, re_path

from compass import views
from compass.redirects import redirects_if_moved
from compass.sitemaps import every_page
from publishing.public_pages import public

app_name = "compass"

urlpatterns = [
    path("", views.front, name="front"),
    path("forstaaelsesrammen/", views.framework, name="framework"),
    path("forstaaelsesrammen/<slug:slug>/", redirects_if_moved(views.pivot), name="pivot"),
    path("veje/", views.paths, name="paths"),
    path("veje/<slug:slug>/", redirects_if_moved(views.path), name="path"),
    path("dilemmaer/", views.dilemmas, name="dilemmas"),
    path("dilemmaer/<slug:slug>/", redirects_if_moved(views.dilemma), name="dilemma"),
    path("historier/", views.stories, name="stories"),
    path("historier/feed.xml", views.stories_feed, name="stories_feed"),
    path(
        "veje/<slug:slug>/feed.xml", redirects_if_moved(views.path_feed, beside="feed.xml"), name="path_feed"
    ),
    path("historier/<slug:slug>/", redirects_if_moved(views.story), name="story"),
    path("lydbog/", views.audiobook, name="audiobook"),
    path("lydbog/<slug:slug>/<int:position>/", views.chapter, name="chapter"),
    path("lyd/<path:name>", views.sound, name="sound"),
    path("billeder/<str:name>", views.picture, name="picture"),
    path("filer/<str:name>", redirects_if_moved(views.attachment), name="attachment"),
    path("udseende/<slug:mark>.css", views.colours, name="colours"),
    path("udseende/<slug:mark>.svg", views.logo, name="logo"),
    path("udseende/<slug:mark>.png", views.social_picture, name="social_picture"),
    path("tilblivelse/", views.timeline, name="timeline"),
    path("dokumenter/", views.documents, name="documents"),
    path("viden/", views.research, name="research"),
    path("aabne-data/", views.opendata, name="opendata"),
    path("aabne-data/<slug:collection>.json", views.opendata_json, name="opendata_json"),
    path("aabne-data/<slug:collection>.csv", views.opendata_csv, name="opendata_csv"),
    path("kontakt/", views.contact, name="contact"),
    path("privatliv/", views.privacy, name="privacy"),
    re_path(r"^was/?$", views.was, name="was"),
    path("robots.txt", views.robots_txt, name="robots_txt"),
    path("sitemap.xml", public(every_page), name="sitemap"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("soeg/", views.search, name="search"),
    path("soeg/forslag/", views.suggestions, name="suggestions"),
    path("<slug:slug>/", redirects_if_moved(views.page), name="page"),
]
