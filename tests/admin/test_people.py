"""Accounts in the admin: invited to their own address, let in by a role, closed at once, never taken over."""

import html
import re
import threading
import time

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connections

from accounts.models import LAST_ADMINISTRATOR, User
from accounts.roles import ADMINISTRATOR, EDITOR, METHOD_OWNER
from publishing.models import Portal
from tests.admin.conftest import admin_url, messages_of
from tests.factories import PASSWORD, make_goal, make_room, make_story, make_user
from tests.reflection.conftest import committed

__all__ = ["committed"]

pytestmark = pytest.mark.django_db
FIELDS = {"name": "Nye Nina", "email": "ny@example.dk"}


@pytest.fixture
def invited(administrator_client):
    """Nina, who has not used her link yet."""
    sent = {**FIELDS, "groups": [Group.objects.get(name=EDITOR).pk], "_save": "1"}
    assert administrator_client.post(admin_url(User, "add"), sent).status_code == 302
    return User.objects.get(email="ny@example.dk")


@pytest.fixture
def second(db):
    """Another administrator, so that the first is not the last."""
    return make_user("Anders Administrator", role=ADMINISTRATOR)


def links() -> list[tuple[str, str]]:
    """To whom, and where to, of every link to a password that was sent."""
    found = [
        (m.to[0], re.search(r"http://testserver(/konto/adgangskode/ny/\S+)", m.body)) for m in mail.outbox
    ]
    return [(to, match[1]) for to, match in found if match]


def is_inside(client) -> bool:
    return client.get("/maalkompasset/mine/").status_code == 200


# --- Nobody's password or address is somebody else's to set ----------------------------------------------


def test_no_form_of_the_admin_has_a_password_or_a_hash(administrator_client, staff, invited):
    for address in [admin_url(User, "add"), admin_url(staff), admin_url(invited)]:
        text = administrator_client.get(address).content.decode()
        assert 'type="password"' not in text
        for hidden in ["pbkdf2", "argon2", "md5$", staff.password, "salt"]:
            assert hidden not in text


@pytest.mark.parametrize(
    "address", ["{}password/", "/admin/password_change/", "/admin/password_change/done/"]
)
@pytest.mark.parametrize("is_superuser", [False, True])
def test_no_page_of_the_admin_sets_a_password(logged_in, staff, address, is_superuser):
    client = logged_in(make_user(role=ADMINISTRATOR, is_superuser=is_superuser))
    before = staff.password
    where = address.format(admin_url(staff).removesuffix("change/"))
    sent = {"password1": "x" * 20, "password2": "x" * 20}
    assert client.post(where, sent).status_code in {302, 404}
    assert 'type="password"' not in client.get(where, follow=True).content.decode()
    staff.refresh_from_db()
    assert staff.password == before


@pytest.mark.parametrize("is_superuser", [False, True])
def test_the_address_of_an_account_in_use_is_nobody_elses_to_change(logged_in, staff, is_superuser):
    client = logged_in(make_user(role=ADMINISTRATOR, is_superuser=is_superuser))
    sent = {"name": "Rettet", "email": "min@example.dk", "password": "x", "is_active": "on", "_save": "1"}
    assert client.post(admin_url(staff), sent).status_code == 302
    before = (staff.email, staff.password)
    staff.refresh_from_db()
    assert (staff.name, staff.email, staff.password) == ("Rettet", *before)


# --- Invitations --------------------------------------------------------------------------------------


def test_an_account_begins_with_a_link_to_its_own_address(page, client, invited):
    [(to, link)] = links()
    assert to == "ny@example.dk"
    assert not invited.has_usable_password()
    page(link).form().send({"password1": PASSWORD, "password2": PASSWORD})
    client.post("/konto/log-ind/", {"login": "ny@example.dk", "password": PASSWORD})
    assert is_inside(client)
    assert not page(link).select("[name=password1]")


def test_an_invitation_is_over_after_three_days(page, time_machine, administrator, logged_in):
    time_machine.move_to("2026-11-24T08:00:00+01:00")
    logged_in(administrator).post(admin_url(User, "add"), {**FIELDS, "_save": "1"})
    [(_to, link)] = links()
    time_machine.move_to("2026-11-28T08:00:00+01:00")
    assert not page(link).select("[name=password1]")


def test_the_link_to_an_account_that_was_closed_opens_nothing(page, invited):
    [(_to, link)] = links()
    invited.is_active = False
    invited.save()
    assert not page(link).select("[name=password1]")


def test_the_list_and_the_page_say_that_it_waits(admin_page, administrator_client, invited):
    assert (
        "Inviteret, endnu ikke brugt"
        in admin_page(admin_url(User, "changelist"), by=administrator_client).text
    )
    assert "Inviteret, endnu ikke brugt" in admin_page(admin_url(invited), by=administrator_client).text


def test_a_new_invitation_takes_the_place_of_the_old(page, admin_page, administrator_client, invited):
    form = admin_page(admin_url(invited), by=administrator_client).form("main form[action$='/inviter/']")
    assert messages_of(form.send()) == ["Der er sendt en invitation til ny@example.dk."]
    [(_, old), (_, new)] = links()
    assert not page(old).select("[name=password1]")
    assert page(new).select("[name=password1]")


def test_a_misspelt_address_is_corrected_while_nobody_has_come(page, edit, administrator_client, invited):
    edit(invited, {"email": "nina@example.dk"}, by=administrator_client)
    [(_, old), (to, new)] = links()
    assert to == "nina@example.dk"
    assert not page(old).select("[name=password1]")
    assert page(new).select("[name=password1]")


@pytest.mark.parametrize("who", ["in use", "closed"])
def test_only_who_has_not_come_yet_is_invited_again(administrator_client, staff, invited, who):
    user = staff
    if who == "closed":
        User.objects.filter(pk=invited.pk).update(is_active=False)
        user = invited
    mail.outbox.clear()
    before = user.password
    assert administrator_client.post(admin_url(user, "invite")).status_code == 404
    user.refresh_from_db()
    assert (user.password, links()) == (before, [])


def test_an_editor_invites_nobody(editor_client, invited):
    mail.outbox.clear()
    assert editor_client.post(admin_url(invited, "invite")).status_code == 403
    assert links() == []


def test_a_mail_that_does_not_go_is_told(administrator_client, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", 1
    answer = administrator_client.post(admin_url(User, "add"), {**FIELDS, "_save": "1"}, follow=True)
    assert "Mailen kunne ikke sendes." in answer.content.decode()
    assert User.objects.filter(email="ny@example.dk").exists()


# --- Roles --------------------------------------------------------------------------------------------


def test_a_role_lets_its_person_in_and_the_last_takes_it_back(edit, administrator_client, staff, logged_in):
    browser = logged_in(staff)
    edit(staff, {"groups": [Group.objects.get(name=EDITOR).pk]}, by=administrator_client)
    assert browser.get("/admin/").status_code == 200
    edit(staff, {"groups": []}, by=administrator_client)
    assert browser.get("/admin/", follow=True).status_code == 403


def test_it_follows_however_the_role_is_given(staff):
    group = Group.objects.get(name=METHOD_OWNER)
    for give, take in [
        (lambda: staff.groups.add(group), staff.groups.clear),
        (lambda: group.user_set.add(staff), lambda: group.user_set.remove(staff)),
        (lambda: staff.groups.set([group]), lambda: staff.groups.set([])),
    ]:
        give()
        assert User.objects.get(pk=staff.pk).is_staff
        take()
        assert not User.objects.get(pk=staff.pk).is_staff


def test_the_log_says_which_role_became_which(edit, administrator_client, staff):
    names = [EDITOR, METHOD_OWNER]
    edit(staff, {"groups": [Group.objects.get(name=EDITOR).pk]}, by=administrator_client)
    edit(
        staff,
        {"groups": [group.pk for group in Group.objects.filter(name__in=names)]},
        by=administrator_client,
    )
    told = LogEntry.objects.filter(object_id=staff.pk).order_by("pk").values_list("change_message", flat=True)
    assert list(told) == [
        "Roller: fra ingen til redaktør.",
        "Roller: fra redaktør til metodeansvarlig, redaktør.",
    ]


# --- Closing ------------------------------------------------------------------------------------------


def test_a_closed_account_is_out_everywhere_and_stays_out(edit, administrator_client, staff, logged_in):
    browsers = [logged_in(staff), logged_in(staff)]
    edit(staff, {"is_active": ""}, by=administrator_client)
    assert not any(map(is_inside, browsers))
    edit(staff, {"is_active": "on"}, by=administrator_client)
    assert not any(map(is_inside, browsers))
    assert is_inside(logged_in(staff))


def test_a_place_without_an_account_stays_in_the_browser(edit, administrator_client, staff, logged_in):
    browser = logged_in(staff)
    session = browser.session
    ends = time.time() + 30 * 24 * 60 * 60
    session.update({"places": {"et-rum": "en-plads"}, "stays_until": ends, "andet": 1})
    session.save()
    edit(staff, {"is_active": ""}, by=administrator_client)
    browser.get("/")
    assert dict(browser.session.items()) == {
        "places": {"et-rum": "en-plads"},
        "stays_until": ends,
        "_session_expiry": pytest.approx(ends - time.time(), abs=60),
    }  # fmt: skip


def test_whose_account_is_closed_is_told_by_whom(edit, administrator_client, staff):
    edit(staff, {"is_active": ""}, by=administrator_client)
    [told] = mail.outbox
    assert told.to == [staff.email]
    assert "Ada Administrator har lukket din konto" in told.body


def test_others_stay_where_they_are(edit, administrator_client, staff, colleague_client):
    edit(staff, {"is_active": ""}, by=administrator_client)
    assert is_inside(colleague_client)
    assert administrator_client.get("/admin/").status_code == 200


# --- The administrator of last resort ---------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"is_active": ""}, {"groups": []}])
def test_the_last_administrator_is_neither_closed_nor_stripped(administrator_client, administrator, change):
    make_user("Inaktive Ib", role=ADMINISTRATOR, is_active=False)
    User.objects.create_user("aldrig@example.dk", name="Aldrig Kommet").groups.set(
        Group.objects.filter(name=ADMINISTRATOR)
    )
    role = Group.objects.get(name=ADMINISTRATOR)
    sent = {"name": "Ada", "email": administrator.email, "is_active": "on", "groups": [role.pk], "_save": "1"}
    answer = administrator_client.post(admin_url(administrator), {**sent, **change})
    assert LAST_ADMINISTRATOR in answer.content.decode()
    assert User.objects.administrators().get() == administrator


def test_one_of_two_may_go(edit, administrator_client, administrator, second):
    edit(second, {"is_active": ""}, by=administrator_client)
    assert User.objects.administrators().get() == administrator


def test_nobody_deletes_all_administrators_in_a_heap(administrator_client, administrator, second):
    chosen = {
        "action": "delete_selected", "_selected_action": [administrator.pk, second.pk], "post": "yes",
    }  # fmt: skip
    administrator_client.post(admin_url(User, "changelist"), chosen)
    assert User.objects.administrators().count() == 2
    with pytest.raises(ValidationError):
        User.objects.all().delete()
    assert User.objects.administrators().count() == 2


def test_two_who_close_each_other_at_the_same_moment_do_not_both_go(committed, logged_in):
    pair = [make_user(name, is_superuser=True, is_staff=True) for name in ["Ada", "Anders"]]
    clients, both, answers = [logged_in(user) for user in pair], threading.Barrier(2), []

    def close(client, other):
        try:
            both.wait()
            sent = {"name": other.name, "_save": "1"}  # the box of an open account is not ticked
            answers.append(client.post(admin_url(other), sent).status_code)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=close, args=pair_of) for pair_of in zip(clients, reversed(pair), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 2
    assert User.objects.administrators().count() == 1


def test_the_last_administrator_does_not_delete_their_own_account(page, administrator, second):
    first = page("/mine-data/slet/", by=second).form().send({"is_sure": "on"}, button="Slet min konto")
    assert first.texts("h1") == ["Din konto er slettet"]
    form = page("/mine-data/slet/", by=administrator).form()
    refused = form.send({"is_sure": "on"}, button="Slet min konto", status=422)
    assert "Du er den eneste administrator" in refused.text
    assert User.objects.filter(pk=administrator.pk).exists()


# --- Who somebody is here ---------------------------------------------------------------------------------


def overview(user) -> str:
    return admin_url(user, "overview")


def test_the_overview_says_where_roles_come_from_and_what_is_still_theirs(administrator_client, staff):
    make_goal(owner=staff)
    make_room(leader=staff)
    shown = administrator_client.get(overview(staff)).content.decode()
    assert "Rollerne kommer fra</th><td>portalen" in shown
    assert "Personen er ikke logget ind nogen steder" in shown
    assert "Refleksioner og rum" in shown
    assert "Flere skal cykle" not in shown
    SocialAccount.objects.create(user=staff, provider="kommunen", uid="https://login.example.dk malik")
    assert "kommunens login" in administrator_client.get(overview(staff)).content.decode()


def test_what_a_leaver_holds_is_given_on_from_there(administrator_client, staff):
    make_goal(owner=staff)
    assert "Giv det videre" not in administrator_client.get(overview(staff)).content.decode()
    User.objects.filter(pk=staff.pk).update(is_active=False)
    shown = administrator_client.get(overview(staff)).content.decode()
    address = html.unescape(re.search(r'href="([^"]+)">Giv det videre', shown)[1])
    assert f'value="{staff.email}"' in administrator_client.get(address).content.decode()


def test_an_administrator_logs_somebody_out_everywhere(administrator_client, staff, logged_in):
    browsers = [logged_in(staff), logged_in(staff)]
    assert administrator_client.post(admin_url(staff, "end_logins")).status_code == 302
    assert not any(is_inside(browser) for browser in browsers)
    assert User.objects.get(pk=staff.pk).is_active
    assert administrator_client.get("/admin/").status_code == 200


@pytest.mark.parametrize("page", ["overview", "end_logins"])
def test_nobody_else_sees_it_or_does_it(editor_client, staff, staff_client, page):
    for browser in [editor_client, staff_client]:
        assert browser.get(admin_url(staff, page)).status_code in {302, 403, 405}
        browser.post(admin_url(staff, page))
    assert is_inside(staff_client)


def test_what_the_municipalitys_login_says_is_not_corrected_here(edit, administrator_client, staff):
    SocialAccount.objects.create(user=staff, provider="kommunen", uid="https://login.example.dk malik")
    edit(
        staff,
        {"name": "Et andet navn", "groups": [Group.objects.get(name=EDITOR).pk]},
        by=administrator_client,
    )
    staff.refresh_from_db()
    assert (staff.name, staff.groups.count()) == ("Malik Medarbejder", 0)


# --- Deleting, and what stays ---------------------------------------------------------------------------


def test_an_account_in_use_is_closed_before_it_is_deleted(administrator_client, staff):
    assert administrator_client.get(admin_url(staff, "delete")).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [staff.pk], "post": "yes"}
    administrator_client.post(admin_url(User, "changelist"), chosen)
    assert User.objects.filter(pk=staff.pk).exists()
    User.objects.filter(pk=staff.pk).update(is_active=False)
    administrator_client.post(admin_url(staff, "delete"), {"post": "yes"})
    assert not User.objects.filter(pk=staff.pk).exists()


@pytest.mark.parametrize("way", ["own", "queryset"])
def test_what_somebody_did_stays_when_their_account_goes(
    page, edit, editor, editor_client, administrator_client, way
):
    story = make_story("Før")
    edit(story, {"title": "Efter"}, by=editor_client)
    before = list(LogEntry.objects.order_by("pk").values_list("pk", "object_id", "change_message"))
    assert before
    if way == "own":
        page("/mine-data/slet/", by=editor).form().send({"is_sure": "on"}, button="Slet min konto")
    else:
        User.objects.filter(pk=editor.pk).delete()
    assert not User.objects.filter(pk=editor.pk).exists()
    assert list(LogEntry.objects.order_by("pk").values_list("pk", "object_id", "change_message")) == before
    assert {str(entry.user) for entry in LogEntry.objects.all()} == {f"Slettet konto {editor.pk}"}
    assert "Slettet konto" in administrator_client.get(admin_url(story, "history")).content.decode()
    assert "Slettet konto" not in administrator_client.get(admin_url(User, "changelist")).content.decode()


def test_a_trace_of_an_account_lets_nobody_in(client, page, editor, editor_client, edit):
    edit(make_story(), {"title": "Efter"}, by=editor_client)
    page("/mine-data/slet/", by=editor).form().send({"is_sure": "on"}, button="Slet min konto")
    trace = User.objects.get(name__startswith="Slettet konto")
    assert (trace.is_active, trace.has_usable_password(), trace.is_staff) == (False, False, False)
    mail.outbox.clear()
    page("/konto/adgangskode/glemt/").form().send({"email": trace.email})
    assert links() == []


# --- What a list may be asked ---------------------------------------------------------------------------


def hostile() -> list[tuple]:
    """Every relation and every field that no filter of the list declares."""
    found = []
    for model, one in admin.site._registry.items():
        declared = {
            item if isinstance(item, str) else item[0]
            for item in one.list_filter
            if not isinstance(item, type)
        }
        for field in model._meta.get_fields(include_hidden=True):
            name = field.name.rstrip("+") or field.name
            if name not in declared:
                found.append((model, f"{name}__isnull", "False"))
                if not field.is_relation:
                    found.append((model, f"{name}__startswith", "a"))
        found += [(model, f"{name}__user__password__startswith", "a") for name in declared]
        found += [(model, f"{name}__pk__gt", "1") for name in declared]
    own = {(model, lookup) for model, one in admin.site._registry.items() for lookup in one.own_lookups}
    return [asked for asked in found if asked[:2] not in own]


def test_no_list_answers_what_no_filter_of_it_asks(administrator_client, invited):
    allowed = []
    asked = hostile()
    for model, lookup, value in asked:
        if model is Portal:
            continue  # there is one, and no list
        answer = administrator_client.get(admin_url(model, "changelist"), {lookup: value})
        if answer.status_code != 400:
            allowed.append((model.__name__, lookup, answer.status_code))
    assert len(asked) > 200
    assert allowed == []


def test_the_list_of_people_does_not_tell_who_has_rooms(administrator_client, staff, colleague):
    make_room(leader=staff)
    make_goal(owner=staff)
    address = admin_url(User, "changelist")
    for query in ["reflections__isnull=False", "goals__isnull=False", "collaborations__isnull=False",
                  "goals__wording__startswith=F", "password__startswith=a", "logentry__isnull=True",
                  "is_superuser__exact=1", "email__startswith=m"]:  # fmt: skip
        assert administrator_client.get(f"{address}?{query}").status_code == 400, query
    for query in ["o=1.2.3.4.5.6.7.8", "o=99", "_popup=1", "_to_field=id", "q=Flere"]:
        shown = administrator_client.get(f"{address}?{query}")
        assert "Flere skal" not in shown.content.decode()
    for field in ["password", "reflections", "goals__wording", "email"]:
        assert administrator_client.get(f"{address}?_to_field={field}").status_code == 400, field
        assert administrator_client.get(f"{admin_url(staff)}?_to_field={field}").status_code in {302, 400}


@pytest.mark.parametrize(
    ("app", "model", "field"),
    [
        ("reflection", "participant", "reflection"), ("goals", "review", "goal"),
        ("goals", "goalshare", "goal"),
        ("admin", "logentry", "content_type"), ("reflection", "answer", "participant"),
    ],
)  # fmt: skip
def test_autocomplete_gives_nothing_that_has_no_page(administrator_client, staff, app, model, field):
    asked = {"app_label": app, "model_name": model, "field_name": field, "term": ""}
    assert administrator_client.get("/admin/autocomplete/", asked).status_code == 403


def test_autocomplete_gives_people_to_nobody_who_has_not_their_list(editor_client, staff):
    asked = {"app_label": "goals", "model_name": "goal", "field_name": "owner", "term": ""}
    assert editor_client.get("/admin/autocomplete/", asked).status_code == 403


def test_its_own_filters_work(administrator_client, staff, invited):
    for query in [f"groups__id__exact={Group.objects.get(name=EDITOR).pk}", "is_active__exact=1",
                  "groups__isnull=True", "q=nina"]:  # fmt: skip
        assert administrator_client.get(f"{admin_url(User, 'changelist')}?{query}").status_code == 200, query


# --- Commands -------------------------------------------------------------------------------------------


def test_only_the_demo_and_the_first_administrator_get_a_password_by_command(capsys):
    """Django's own `changepassword` needs the server; ours are named in docs/operations.md."""
    call_command("demo_accounts")
    capsys.readouterr()
    assert all(user.has_begun for user in User.objects.all())
    assert {user.is_staff for user in User.objects.filter(groups=None)} == {False}
