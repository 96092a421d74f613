from django.urls import path

from goals import goodbyes, views

app_name = "goals"

urlpatterns = [
    path("", views.about, name="about"),
    path("blanket/", views.blank, name="blank"),
    path("mine/", views.mine, name="mine"),
    path("nyt/", views.register, name="register"),
    path("maal/<uuid:key>/", views.goal, name="goal"),
    path("maal/<uuid:key>/ret/", views.edit, name="edit"),
    path("maal/<uuid:key>/se-paa-maalet/", views.start, name="start"),
    path("maal/<uuid:key>/rum/", views.open_room, name="open_room"),
    path("refleksion/<uuid:key>/", views.review, name="review"),
    path("refleksion/<uuid:key>/trin/<int:position>/", views.step, name="step"),
    path("refleksion/<uuid:key>/svar/", views.answers, name="answers"),
    path("refleksion/<uuid:key>/beslutning/", views.decision, name="decision"),
    path("refleksion/<uuid:key>/plan/", views.plan, name="plan"),
    path("refleksion/<uuid:key>/farvel/", goodbyes.offer, name="offer_goodbye"),
    path("refleksion/<uuid:key>/udskrift/", views.printout, name="printout"),
]
