from django.urls import path

from reflection.views import answering, board, joining, leading

app_name = "reflection"

urlpatterns = [
    path("deltag/", joining.code, name="code"),
    path("deltag/igen/", joining.come_back, name="come_back"),
    path("deltag/min-plads/<str:token>/", joining.own_link, name="own_link"),
    path("deltag/<str:token>/", joining.join, name="join"),
    path("rum/<uuid:key>/", answering.room, name="room"),
    path("rum/<uuid:key>/velkommen/", answering.welcome, name="welcome"),
    path("rum/<uuid:key>/trin/<int:position>/", answering.step, name="step"),
    path("rum/<uuid:key>/mine-svar/", answering.answers, name="answers"),
    path("rum/<uuid:key>/mine-svar/hent/", answering.download, name="download"),
    path("rum/<uuid:key>/faerdig/", answering.finish, name="finish"),
    path("rum/<uuid:key>/traek-tilbage/", answering.withdraw, name="withdraw"),
    path("rum/<uuid:key>/venter/", answering.waiting, name="waiting"),
    path("rum/<uuid:key>/forlad/", joining.leave, name="leave"),
    path("rum/<uuid:key>/tavle/", board.board, name="board"),
    path("rum/<uuid:key>/referat/", board.minutes, name="minutes"),
    path("rum/<uuid:key>/led/", leading.lead, name="lead"),
    path("rum/<uuid:key>/led/plakat/", leading.poster, name="poster"),
    path("rum/<uuid:key>/led/vis/", leading.reveal, name="reveal"),
    path("rum/<uuid:key>/led/tilbage/", leading.collect_again, name="collect_again"),
    path("rum/<uuid:key>/led/afslut/", leading.conclude, name="conclude"),
    path("rum/<uuid:key>/led/ny-kode/", leading.renew_code, name="renew_code"),
    path("rum/<uuid:key>/led/giv-rollen/<int:participant>/", leading.hand_over, name="hand_over"),
    path("rum/<uuid:key>/led/ur/", leading.timer, name="timer"),
    path("rum/<uuid:key>/led/papir/", leading.paper, name="paper"),
    path("rum/<uuid:key>/led/faelles/<int:position>/", leading.shared_line, name="shared_line"),
    path("rum/<uuid:key>/led/skjul/<int:snapshot>/<int:position>/", leading.hide, name="hide"),
]
