from django.contrib.sitemaps.views import sitemap
from django.urls import path, re_path

from aarhuskompas.caching import public
from compass import views
from compass.sitemaps import SITEMAPS

app_name = "compass"

urlpatterns = [
    path("", views.front, name="front"),
    path("forstaaelsesrammen/", views.framework, name="framework"),
    path("forstaaelsesrammen/<slug:slug>/", views.pivot, name="pivot"),
    path("veje/", views.paths, name="paths"),
    path("veje/<slug:slug>/", views.path, name="path"),
    path("dilemmaer/", views.dilemmas, name="dilemmas"),
    path("dilemmaer/<slug:slug>/", views.dilemma, name="dilemma"),
    path("historier/", views.stories, name="stories"),
    path("historier/<slug:slug>/", views.story, name="story"),
    path("kontakt/", views.contact, name="contact"),
    re_path(r"^was/?$", views.was, name="was"),
    path("robots.txt", views.robots_txt, name="robots_txt"),
    path("sitemap.xml", public(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("<slug:slug>/", views.page, name="page"),
]
