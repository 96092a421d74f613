"""The goodbyes have an address of their own, outside Målkompasset: they are everybody's to read."""

from django.urls import path

from goals.views.goodbyes import goodbyes

urlpatterns = [path("", goodbyes, name="goodbyes")]
