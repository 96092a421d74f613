from django.urls import include, path

from reflection.views import (
    agreements,
    answers,
    board,
    compared,
    compasses,
    conclusion,
    discussion,
    facilitator,
    home,
    joining,
    minutes,
    open_rooms,
    own,
    printables,
    slips,
    votes,
    walls,
)

app_name = "reflection"

leading = [
    path("", facilitator.lead, name="lead"),
    path("plakat/", facilitator.poster, name="poster"),
    path("sedler/", slips.slips, name="slips"),
    path("sedler.pdf", slips.slips_pdf, name="slips_pdf"),
    path("sedler/<int:number>/ny/", slips.new_slip, name="new_slip"),
    path("vis/", facilitator.reveal, name="reveal"),
    path("tilbage/", facilitator.collect_again, name="collect_again"),
    path("ny-kode/", facilitator.renew_code, name="renew_code"),
    path("doer/", facilitator.door, name="door"),
    path("personer/", facilitator.people, name="people"),
    path("personer/<uuid:person>/", facilitator.person, name="person"),
    path("ur/", facilitator.timer, name="timer"),
    path("papir/", facilitator.paper, name="paper"),
    path("skaerm/", walls.code, name="share_wall"),
    path("svarer/", facilitator.take_part, name="take_part"),
    path("trin/", discussion.show_step, name="show_step"),
    path("tal/", discussion.current_slide, name="talk_here"),
    path("tal/<int:number>/", discussion.talk, name="talk"),
    path("valg/", votes.show, name="show_votes"),
    path("skjul/<int:snapshot>/<int:position>/", facilitator.hide, name="hide"),
]

room = [
    path("", answers.room, name="room"),
    path("gaet/", compared.compared, name="compared"),
    path("gaet/<int:number>/", compared.compared, name="compared_pair"),
    path("aftalt/", conclusion.outcome, name="outcome"),
    path("udvikling/", conclusion.development, name="development"),
    path("aftale/", conclusion.agree, name="agree"),
    path("gem/", open_rooms.keep_link, name="keep_link"),
    path("skaerm/", walls.wall, name="wall"),
    path("valg/", votes.vote, name="vote"),
    path("nu/", answers.now, name="now"),
    path("velkommen/", answers.welcome, name="welcome"),
    path("trin/<int:position>/", answers.step, name="step"),
    path("mine-svar/", answers.answers, name="answers"),
    path("mine-svar/hent/", answers.download, name="download"),
    path("mine-svar/hent.txt", answers.download_text, name="download_text"),
    path("mine-svar.pdf", answers.download_pdf, name="download_pdf"),
    path("faerdig/", answers.finish, name="finish"),
    path("traek-tilbage/", answers.withdraw, name="withdraw"),
    path("venter/", answers.waiting, name="waiting"),
    path("min-kode/", joining.renew_own_code, name="renew_own_code"),
    path("forlad/", joining.leave, name="leave"),
    path("tavle/", board.board, name="board"),
    path("referat/", minutes.minutes, name="minutes"),
    path("referat.pdf", minutes.minutes_pdf, name="minutes_pdf"),
    path("referat.docx", minutes.minutes_word, name="minutes_word"),
    path("referat.xlsx", minutes.minutes_excel, name="minutes_excel"),
    path("referat.json", minutes.minutes_json, name="minutes_json"),
    path("aftaler.ics", agreements.room_in_calendar, name="room_in_calendar"),
    path("led/", include(leading)),
]

compass = [
    path("proev-selv/", open_rooms.begin, name="begin_open_room"),
    path("", compasses.about, name="about"),
    path("kompas.json", compasses.compass_file, name="compass_file"),
    path("blanket/", compasses.blank, name="blank"),
    path("kort.pdf", printables.cards_pdf, name="cards_pdf"),
    path("plakat.pdf", printables.poster_pdf, name="poster_pdf"),
    path("blanket.pdf", printables.blank_pdf, name="blank_pdf"),
    path("vejledning/", printables.guide, name="facilitators_guide"),
    path("vejledning.pdf", printables.guide_pdf, name="facilitators_guide_pdf"),
    path("begynd/", compasses.begin, name="begin"),
    path("rum/", compasses.open_room, name="open_room"),
]

agreed = [
    path("", agreements.agreements, name="agreements"),
    path("kalender.ics", agreements.calendar, name="calendar"),
    path("tak/", agreements.thanks, name="thanks"),
    path("slet-min-adresse/<str:token>/", agreements.forget_address, name="forget_address"),
    path("svar/<str:token>/", agreements.follow_up_by_link, name="follow_up_by_link"),
    path("<uuid:agreement>/", agreements.follow_up, name="follow_up"),
    path("<uuid:agreement>/aftale.ics", agreements.one_in_calendar, name="one_in_calendar"),
]

own_data = [
    path("", own.data, name="data"),
    path("mine-data.json", own.data_json, name="data_json"),
    path("det-hele/", own.everything, name="everything"),
    path("slet/", own.delete_account, name="delete_account"),
]

joined = [
    path("", joining.code, name="code"),
    path("igen/", joining.come_back, name="come_back"),
    path("min-plads/<str:token>/", joining.own_link, name="own_link"),
    path("min-plads/<str:token>/behold/", open_rooms.take_over, name="take_over"),
    path("<str:token>/", joining.join, name="join"),
]

# By what they begin with, so that an address which is none of them is soon passed on.
urlpatterns = [
    path("rum/<uuid:key>/", include(room)),
    path("din-side/", home.home, name="home"),
    path("proev-selv/", open_rooms.choose, name="open_rooms"),
    path("kompasser/<slug:slug>/", include(compass)),
    path("aftaler/", include(agreed)),
    path("mine-rum/", own.rooms, name="rooms"),
    path("mine-rum/<uuid:key>/arkiv/", own.archive, name="archive"),
    path("mine-data/", include(own_data)),
    path("deltag/", include(joined)),
    path("skaerm/", walls.open_by_code, name="wall_code"),
]
