"""Nødadgang: an administrator opens a room's administration with a reason, and everybody in it can read so.

No page here shows an answer, before the reveal or after it (product.md §4.1).
"""

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect

from accounts.guards import fresh_login_required
from privacy.events import record_looks
from privacy.models import Why
from publishing.admin import Feature, ReadOnlyAdmin, custom_view
from publishing.admin.custom_views import ACT, FORM, READ, permitted
from reflection.forms.autosave import post_data, status_of
from reflection.models import EmergencyAccess
from reflection.privacy import emergency_access
from reflection.privacy.emergency_access import AnswersForm, DeleteRoomForm, LeaderForm, OpenForm
from reflection.privacy.handover import HandOverForm


def emergency_view(route: str, name: str, methods):
    return custom_view(route, name, methods=methods, may=permitted("view"), guards=[fresh_login_required])


def opening_view(route: str, name: str, methods=ACT):
    """A page about an opening that still lets this administrator in; of any other, 404."""

    def decorated(view):
        def with_opening(model_admin, request, pk):
            openings = EmergencyAccess.objects.open_to(request.user)
            return view(model_admin, request, get_object_or_404(openings, pk=pk))

        return emergency_view(f"<int:pk>/{route}", name, methods)(with_opening)

    return decorated


@emergency_view("aabn/", "open", FORM)
def open_view(model_admin, request):
    form = OpenForm(post_data(request))
    if form.is_valid():
        return redirect(model_admin.address(form.save(request.user), "room"))
    title, template = "Åbn et rums administration", "admin/reflection/emergencyaccess/open.html"
    return model_admin.page(request, title, template, {"form": form}, status=status_of(form))


@emergency_view("giv-videre/", "hand_over", FORM)
def hand_over_view(model_admin, request):
    initial = {"owner": request.GET.get("owner", "").replace("\0", "")}
    form = HandOverForm(post_data(request), by=request.user, initial=initial)
    if form.is_valid():
        form.save()
        messages.success(request, "Det, kontoen ejede, er givet videre.")
        return redirect(model_admin.list_address())
    title, template = "Giv en lukket kontos ting videre", "admin/reflection/emergencyaccess/hand_over.html"
    return model_admin.page(request, title, template, {"form": form}, status=status_of(form))


@opening_view("rum/", "room", READ)
def room_view(model_admin, request, opened):
    record_looks(request.user, [opened.reflection], why=Why.EMERGENCY, about=opened.reflection.owner)
    return _room_page(model_admin, request, opened)


@opening_view("luk-koder/", "close")
def close_view(model_admin, request, opened):
    emergency_access.close_ways_in(opened)
    messages.success(request, "Koden og alle links er lukket.")
    return redirect(model_admin.address(opened, "room"))


@opening_view("slet-svar/", "answers")
def answers_view(model_admin, request, opened):
    form = AnswersForm(request.POST, room=opened.reflection)
    if not form.is_valid():
        return _room_page(model_admin, request, opened, answers=form)
    emergency_access.delete_answers(opened, form.cleaned_data["who"])
    messages.success(request, "Deltagerens svar er slettet.")
    return redirect(model_admin.address(opened, "room"))


@opening_view("lad-lede/", "lead")
def lead_view(model_admin, request, opened):
    form = LeaderForm(request.POST, room=opened.reflection, user=request.user)
    if not form.is_valid():
        return _room_page(model_admin, request, opened, leader=form)
    emergency_access.hand_over(opened, form.cleaned_data["who"])
    messages.success(request, "Deltageren kan nu lede rummet.")
    return redirect(model_admin.address(opened, "room"))


@opening_view("slet-rum/", "delete_room")
def delete_room_view(model_admin, request, opened):
    form = DeleteRoomForm(request.POST, room=opened.reflection)
    if not form.is_valid():
        return _room_page(model_admin, request, opened, deletion=form)
    emergency_access.delete_room(opened)
    messages.success(request, "Rummet er slettet.")
    return redirect(model_admin.list_address())


def _room_page(model_admin, request, opened, **forms):
    """The administration of a room; of `forms` those that were sent and found wrong."""
    room = opened.reflection
    context = {
        "opened": opened,
        "facts": facts_of(room),
        "why_nobody_can_lead": LeaderForm.why_not(room),
        "answers": AnswersForm(room=room),
        "leader": LeaderForm(room=room, user=request.user),
        "deletion": DeleteRoomForm(room=room),
        **forms,
    }
    title, status = "Rummets administration", 422 if forms else 200
    return model_admin.page(
        request, title, "admin/reflection/emergencyaccess/room.html", context, status=status
    )


def facts_of(room) -> list[tuple[str, object]]:
    """What is known of a room beside what is said in it."""
    people = room.participants
    return [
        ("Kompas", room.version),
        ("Form", room.get_mode_display()),
        ("Fase", room.get_phase_display()),
        ("Åbnet", room.created_at),
        ("Afsluttet", room.concluded_at or "nej"),
        ("Ejer", room.owner.get_full_name()),
        ("Deltagere", people.count()),
        ("Heraf ledere", people.filter(is_facilitator=True).count()),
        ("Færdige", room.done_count),
        ("Kode og links", "åbne" if room.facilitator_hash else "lukkede"),
    ]


@admin.register(EmergencyAccess)
class EmergencyAccessAdmin(ReadOnlyAdmin):
    """The list of every use, to read; and the way to a new one."""

    features = [
        Feature([open_view, hand_over_view, room_view, close_view, answers_view, lead_view, delete_room_view])
    ]
    permission = "reflection.use_emergency_access"
    list_display = ["at", "name", "action", "room", "reason"]
    list_display_links = None
    list_filter = ["action"]
    actions = None
    change_list_template = "admin/reflection/emergencyaccess/change_list.html"
