from django.urls import path

from collaboration.models import GUIDE
from collaboration.views import collaborations, printables, rounds
from reflection.views import printables as sheets

app_name = "collaboration"

urlpatterns = [
    path("", printables.about, name="about"),
    path("blanket/", printables.blank, name="blank"),
    path("kort.pdf", sheets.cards_pdf, {"slug": GUIDE}, name="cards_pdf"),
    path("plakat.pdf", sheets.poster_pdf, {"slug": GUIDE}, name="poster_pdf"),
    path("blanket.pdf", sheets.blank_pdf, {"slug": GUIDE}, name="blank_pdf"),
    path("mine/", collaborations.mine, name="mine"),
    path("nyt/", collaborations.register, name="register"),
    path("samarbejde/<uuid:key>/", collaborations.collaboration, name="collaboration"),
    path("samarbejde/<uuid:key>/ret/", collaborations.edit, name="edit"),
    path("samarbejde/<uuid:key>/ny-runde/", collaborations.open_round, name="open_round"),
    path("samarbejde/<uuid:key>/udvikling/", collaborations.development, name="development"),
    path("samarbejde/<uuid:key>/aftale/<int:agreement>/", collaborations.follow_up, name="follow_up"),
    path("runde/<uuid:key>/", rounds.result, name="result"),
    path("runde/<uuid:key>/par/<int:number>/", rounds.pair, name="pair"),
    path("runde/<uuid:key>/aftale/", rounds.agree, name="agree"),
    path("runde/<uuid:key>/ja/", rounds.consent, name="consent"),
    path("runde/<uuid:key>/ja/papir/<int:position>/", rounds.paper_consent, name="paper_consent"),
    path("runde/<uuid:key>/del/", rounds.share, name="share"),
    path("runde/<uuid:key>/fortael/", rounds.tell, name="tell"),
    path("runde/<uuid:key>/historie/", rounds.case, name="case"),
    path("runde/<uuid:key>/plakat.pdf", rounds.invitation_pdf, name="invitation_pdf"),
    path("delt/<uuid:key>/", rounds.shared, name="shared"),
]
