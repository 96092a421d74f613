from django.urls import path

from goals.views import goals, goodbyes, pages, reviews

app_name = "goals"


urlpatterns = [
    path("", pages.about, name="about"),
    path("blanket/", pages.blank, name="blank"),
    path("overblik/", pages.overview, name="overview"),
    path("mine/", goals.mine, name="mine"),
    path("nyt/", goals.register, name="register"),
    path("maal/<uuid:key>/", goals.goal, name="goal"),
    path("maal/<uuid:key>/ret/", goals.edit, name="edit"),
    path("maal/<uuid:key>/kopier/", goals.copy, name="copy"),
    path("maal/<uuid:key>/arkiver/", goals.archive, name="archive"),
    path("maal/<uuid:key>/hent-frem/", goals.unarchive, name="unarchive"),
    path("maal/<uuid:key>/del/", goals.share, name="share"),
    path("maal/<uuid:key>/del/<int:share>/fjern/", goals.unshare, name="unshare"),
    path("maal/<uuid:key>/se-paa-maalet/", goals.start, name="start"),
    path("maal/<uuid:key>/rum/", goals.open_room, name="open_room"),
    path("refleksion/<uuid:key>/", reviews.review, name="review"),
    path("refleksion/<uuid:key>/drop/", reviews.drop, name="drop"),
    path("refleksion/<uuid:key>/fortael/", reviews.tell, name="tell"),
    path("refleksion/<uuid:key>/sidst/", reviews.look_back, name="look_back"),
    path("refleksion/<uuid:key>/grundlag/", reviews.evidence, name="evidence"),
    path("refleksion/<uuid:key>/beslutning/", reviews.decision, name="decision"),
    path("refleksion/<uuid:key>/plan/", reviews.plan, name="plan"),
    path("refleksion/<uuid:key>/farvel/", goodbyes.offer, name="offer_goodbye"),
    path("refleksion/<uuid:key>/farvel/tjek/", goodbyes.check, name="check_goodbye"),
    path("refleksion/<uuid:key>/udskrift/", reviews.printout, name="printout"),
]
