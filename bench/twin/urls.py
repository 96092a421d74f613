from django.urls import path

from bench.twin import views

urlpatterns = [
    path("", views.front, name="front"),
    path("historier/", views.stories, name="stories"),
    path("historier/<slug:slug>/", views.story, name="story"),
    path("soeg/", views.search, name="search"),
    path("<slug:slug>/", views.front, name="page"),
]
