"""Which participant a visitor is in a room: by account, or by the session that joining gave."""

import functools
from datetime import datetime, time, timedelta

from django.conf import settings
from django.contrib import messages
from django.db import models
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.sessions import STAYS, STAYS_UNTIL, remember_the_end
from accounts.views import typed_again
from privacy.events import record_looks
from privacy.models import Why
from publishing.shortcuts import is_address_of_ours
from reflection.forms.autosave import submitted_answers, submitted_texts
from reflection.live.notifications import announce_gone
from reflection.models import GuideVersion, Participant, Reflection, Step

SESSION_KEY = STAYS  # without an account: room → participant
BY_ACCOUNT = "account_places"  # entered by somebody's own code: they end as a login does
UNKEPT = "unkept_links"  # participants whose link may still be shown here
WALLS = "walls"  # rooms whose wall was opened here with a code: room → nonce
LASTS = timedelta(days=400)  # no browser keeps a cookie for longer


def remember_participant(request, participant: Participant):
    """Let this browser be the participant from now on; the session gets a new id.

    An account's session got its own at the login. A second tap still carries it, and must not be logged out.
    """
    if not request.user.is_authenticated:
        request.session.cycle_key()
    if participant.user_id is None:
        _remember(request, SESSION_KEY, participant)
        _extend_session(request, participant.reflection)
    elif participant.user_id != request.user.pk:
        if not request.session.get(BY_ACCOUNT):
            remember_the_end(request, settings.SESSION_COOKIE_AGE)
        _remember(request, BY_ACCOUNT, participant)


def _remember(request, name: str, participant: Participant):
    room = str(participant.reflection.key)
    request.session[name] = {**request.session.get(name, {}), room: str(participant.key)}


def _extend_session(request, room: Reflection):
    """The session lasts until the room is deleted; a login in it ends by itself (accounts/sessions.py)."""
    end = timezone.now() + LASTS
    if room.keep_until:
        end = min(end, timezone.make_aware(datetime.combine(room.keep_until + timedelta(days=1), time.min)))
    request.session[STAYS_UNTIL] = max(request.session.get(STAYS_UNTIL, 0), end.timestamp())


def end_streams(sender, instance, update_fields=None, **kwargs):
    """When an account is closed, so are the places it has in rooms; what follows them hears it now.

    Who led a room has the link that gives the lead, and needs no account to use it.
    """
    is_about_this = update_fields is None or "is_active" in update_fields
    if is_about_this and not instance.is_active:
        for participant in Participant.objects.filter(user=instance).select_related("reflection"):
            announce_gone(participant.key)
            if participant.is_facilitator:
                participant.reflection.renew_facilitator_link()


def end_streams_of_login(sender, instance, **kwargs):
    """When a login ends, by whatever way, so does what follows a room in it."""
    announce_gone(instance.key)


def show_link_once(request, participant: Participant):
    """The link that leads back, and leads, waits on its page until somebody says that they have kept it."""
    request.session[UNKEPT] = [*request.session.get(UNKEPT, []), str(participant.key)]


def may_see_link(request, participant: Participant) -> bool:
    return str(participant.key) in request.session.get(UNKEPT, [])


def link_is_kept(request, participant: Participant):
    request.session[UNKEPT] = [key for key in request.session.get(UNKEPT, []) if key != str(participant.key)]


def forget_participant(request, key):
    for name in [SESSION_KEY, BY_ACCOUNT]:
        participants = request.session.get(name, {})
        if str(key) in participants:  # else nobody needs a session for it
            request.session[name] = {
                room: participant for room, participant in participants.items() if room != str(key)
            }


def participants_in_session(request) -> list[Participant]:
    """Who this browser is in its rooms without a login, to lead somebody back who lost the address."""
    keys = request.session.get(SESSION_KEY, {}).values()
    if not keys:
        return []
    participants = Participant.objects.let_in().filter(key__in=keys)
    found = participants.select_related("reflection__version__guide")
    return list(found.order_by("-reflection__created_at"))


def own_participants(request):
    """The visitor in every room: by what this browser holds, and by account."""
    keys = [key for name in [SESSION_KEY, BY_ACCOUNT] for key in request.session.get(name, {}).values()]
    participants = Participant.objects.let_in().exclude(reflection__mode=Reflection.Mode.SOLO)
    is_own = models.Q(key__in=keys)
    if request.user.is_authenticated:
        is_own |= models.Q(user=request.user)
    return participants.filter(is_own)


def current_participant(request, key) -> Participant | None:
    """The visitor in the reflection `key`, a room or a look alone, with its version; or None."""
    participants = _remembered(request, key).let_in().select_related("reflection").order_by()  # one, or none
    participant = next(iter(participants), None)
    if participant:
        participant.reflection.version = GuideVersion.objects.kept(participant.reflection.version_id)
    return participant


def _remembered(request, key):
    """What the browser holds in a room, by joining or else by account – also where it opens nothing.

    What one looks at alone is held by account and by nothing else, unless it was begun without one.
    """
    participants = Participant.objects.filter(reflection__key=key)
    for name in [SESSION_KEY, BY_ACCOUNT]:
        if participant := request.session.get(name, {}).get(str(key)):
            return participants.without_login().filter(key=participant)
    if request.user.is_authenticated:
        return participants.of(request.user)
    return participants.none()


def remember_wall(request, room: Reflection):
    """Let this browser show the room's wall and nothing else, for as long as the code lasts."""
    if not request.user.is_authenticated:
        request.session.cycle_key()
    request.session[WALLS] = {**request.session.get(WALLS, {}), str(room.key): room.wall_nonce}


def remembered_wall(request, key) -> Reflection | None:
    """The room whose wall this browser was opened for with a code."""
    nonce = request.session.get(WALLS, {}).get(str(key))
    if not nonce:
        return None
    room = Reflection.objects.filter(key=key, wall_nonce=nonce, wall_until__gt=timezone.now()).first()
    if room:
        room.version = GuideVersion.objects.kept(room.version_id)
    return room


def was_put_out(request, key) -> bool:
    return _remembered(request, key).filter(is_put_out=True).exists()


def participant_required(view):
    """Turn `key` into the visitor's participant, in a room or alone; who has none is shown the way in."""

    @functools.wraps(view)
    def guarded(request, key, *args, **kwargs):
        participant = current_participant(request, key)
        if participant is None:
            return _no_participant(request, key)
        participant.reflection.reveal_if_due()
        return view(request, participant, *args, **kwargs)

    return guarded


def room_participant_required(view):
    """As `participant_required`, only in a room; whoever looks alone is led to where they are."""

    @participant_required
    @functools.wraps(view)
    def guarded(request, participant, *args, **kwargs):
        if participant.reflection.is_solo:
            return redirect("reflection:room", key=participant.reflection.key)
        return view(request, participant, *args, **kwargs)

    return guarded


def shows_others(view):
    """What others in the room have said or are called is shown: whoever looks leaves an event.

    Inside the guard that hands over the participant. The leader's reason to look is another than the others'.
    """

    @functools.wraps(view)
    def recorded(request, participant, *args, **kwargs):
        response = view(request, participant, *args, **kwargs)
        if response.status_code == 200:
            record_look(request, participant)
        return response

    return recorded


def redirects_to_outcome(view):
    """Of a page that follows the room: what it fetches when all is over is the last screen.

    Whoever has opened the page after the end stays on it: it fetches with «slut» (live_attributes.html).
    """

    @functools.wraps(view)
    def guarded(request, participant, *args, **kwargs):
        room = participant.reflection
        if request.htmx and room.is_concluded and "slut" not in request.GET:
            return HttpResponseClientRedirect(room.outcome_address)
        return view(request, participant, *args, **kwargs)

    return guarded


def record_look(request, participant: Participant):
    """That others' words were shown; where one looks alone there are none.

    Of an open room no event is written. An event names the room, is read by administrators and is kept for
    years: through it the house would know of a room that it cannot find and that deletes itself. Who would
    ask has no account to be shown it in, and nobody to be told of; what is shown there is shown to all in the
    room at once, which each is told before going in (join.html). From the day an account takes it over, each
    look is an event, as in every room.
    """
    if not (participant.reflection.is_solo or participant.reflection.has_no_owner):
        is_own = participant.user_id is not None and participant.user_id == request.user.pk
        why = Why.LEADS if participant.is_facilitator else Why.ROOM
        record_looks(request.user if is_own else participant, [participant.reflection], why=why)


def _no_participant(request, key):
    if was_put_out(request, key):
        return show_put_out(request, key)
    if request.method == "POST":
        alone = Reflection.objects.filter(key=key, mode=Reflection.Mode.SOLO)  # no code leads there
        may_log_in = not request.user.is_authenticated and alone.exists()
        return typed_again(request, way_in="" if may_log_in else reverse("reflection:come_back"))
    return render(request, "reflection/no_place.html", status=403)


def show_put_out(request, key):
    """What happened, at the room's own address, and what somebody wrote who did not know it yet."""
    room = reverse("reflection:room", args=[key])
    if request.htmx and request.method == "POST":
        return render(request, "components/save_status.html", {"state": "put_out"}, status=403)
    if request.method != "POST" and request.path != room:
        return redirect(room)  # a page that follows the room goes where its fetch was led (static/js/live.js)
    context = {"submitted_texts": submitted_texts(request) if request.method == "POST" else []}
    return render(request, "reflection/put_out.html", context, status=403)


def step_or_404(version: GuideVersion, position: int) -> Step:
    for step in version.all_steps():
        if step.position == position:
            return step
    raise Http404


def wall_required(view):
    """Turn `key` into the room and whether the visitor leads it: for who is in it, or opened the wall."""

    @functools.wraps(view)
    def guarded(request, key, *args, **kwargs):
        participant = current_participant(request, key)
        room = participant.reflection if participant else remembered_wall(request, key)
        if room is None:
            return _no_participant(request, key)
        room.reveal_if_due()
        if participant and room.is_revealed:
            record_look(request, participant)
        return view(request, room, bool(participant and participant.is_facilitator), *args, **kwargs)

    return guarded


def way_back(request, otherwise: str) -> str:
    """The page of ours that the form stands on and names in `back`."""
    back = request.POST.get("back", "")
    return back if is_address_of_ours(back) else otherwise


def facilitator_required(view):
    """Turn `key` into a participant who leads the room; for others the page is not there."""

    @room_participant_required
    @functools.wraps(view)
    def guarded(request, participant, *args, **kwargs):
        if not participant.is_facilitator:
            raise Http404
        return view(request, participant, *args, **kwargs)

    return guarded


def over_response(request, room: Reflection):
    """Whoever was writing is told so and gets the words back; None where nothing was sent."""
    return _closed_response(request, room, submitted_texts(request) if request.method == "POST" else None)


def _closed_response(request, room: Reflection, words: list[str] | None):
    if request.htmx:
        closed = {"state": "closed", "room": room}
        return render(request, "components/save_status.html", closed, status=409)
    if words is not None:
        return render(request, "reflection/over.html", {"room": room, "submitted_texts": words}, status=409)
    return None


def _no_more_answers(request, room: Reflection):
    """Whoever was writing is told and finds the way on; others are led there."""
    if response := _closed_response(request, room, submitted_answers(request) or None):
        return response
    if room.is_solo:
        messages.info(request, _("Refleksionen er afsluttet og kan ikke ændres."))
        return redirect("reflection:room", key=room.key)
    return redirect(room.result_address)


def answering_required(view):
    """Turn `key` into a participant who answers, while answers are taken."""

    @collecting_required
    @functools.wraps(view)
    def guarded(request, participant, *args, **kwargs):
        if participant.is_respondent:
            return view(request, participant, *args, **kwargs)
        return redirect("reflection:waiting", key=participant.reflection.key)

    return guarded


def collecting_required(view):
    """Turn `key` into a participant while answers are taken; else show what there is to see."""

    @participant_required
    @functools.wraps(view)
    def guarded(request, participant, *args, **kwargs):
        if participant.reflection.is_collecting:
            return view(request, participant, *args, **kwargs)
        return _no_more_answers(request, participant.reflection)

    return guarded
