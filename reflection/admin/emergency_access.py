"""Nødadgang: an administrator opens a room's administration with a reason, and everybody in it can read so.

No page here shows an answer, before the reveal or after it (product.md §4.1).
"""

import functools

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guards import fresh_login_required
from privacy.events import record_looks
from privacy.models import Why
from publishing.admin import ReadOnlyAdmin
from reflection.forms.autosave import post_data, status_of
from reflection.models import EmergencyAccess
from reflection.privacy import emergency_access
from reflection.privacy.emergency_access import AnswersForm, DeleteRoomForm, LeaderForm, OpenForm
from reflection.privacy.handover import HandOverForm

PERMISSION = "reflection.use_emergency_access"
form_methods = require_http_methods(["GET", "HEAD", "POST"])


def opening_required(view):
    """Turn `pk` into an opening that still lets this administrator in, or answer 404."""

    @functools.wraps(view)
    def guarded(self, request, pk):
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        opened = EmergencyAccess.objects.open_to(request.user).filter(pk=pk).first()
        if opened is None:
            raise Http404
        return view(self, request, opened)

    return guarded


@admin.register(EmergencyAccess)
class EmergencyAccessAdmin(ReadOnlyAdmin):
    """The list of every use, to read; and the way to a new one."""

    permission = PERMISSION
    list_display = ["at", "name", "action", "room", "reason"]
    list_display_links = None
    list_filter = ["action"]
    actions = None
    change_list_template = "admin/reflection/emergencyaccess/change_list.html"

    def get_urls(self):
        def wrap(view):
            return self.admin_site.admin_view(fresh_login_required(view))

        own = [
            path("aabn/", wrap(self.open_view), name="reflection_emergencyaccess_open"),
            path("giv-videre/", wrap(self.hand_over_view), name="reflection_emergencyaccess_hand_over"),
            path("<int:pk>/rum/", wrap(self.room_view), name="reflection_emergencyaccess_room"),
            path("<int:pk>/luk-koder/", wrap(self.close_view), name="reflection_emergencyaccess_close"),
            path("<int:pk>/slet-svar/", wrap(self.answers_view), name="reflection_emergencyaccess_answers"),
            path("<int:pk>/lad-lede/", wrap(self.lead_view), name="reflection_emergencyaccess_lead"),
            path(
                "<int:pk>/slet-rum/",
                wrap(self.delete_view_of_room),
                name="reflection_emergencyaccess_delete_room",
            ),
        ]
        return [*own, *super().get_urls()]

    @method_decorator(form_methods)
    def open_view(self, request):
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        form = OpenForm(post_data(request))
        if form.is_valid():
            return self._room(form.save(request.user))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Åbn et rums administration",
            "form": form,
        }
        return TemplateResponse(
            request, "admin/reflection/emergencyaccess/open.html", context, status=status_of(form)
        )

    @method_decorator(form_methods)
    def hand_over_view(self, request):
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        initial = {"owner": request.GET.get("owner", "").replace("\0", "")}
        form = HandOverForm(post_data(request), by=request.user, initial=initial)
        if form.is_valid():
            form.save()
            messages.success(request, "Det, kontoen ejede, er givet videre.")
            return redirect("admin:reflection_emergencyaccess_changelist")
        title = "Giv en lukket kontos ting videre"
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, "form": form}
        template = "admin/reflection/emergencyaccess/hand_over.html"
        return TemplateResponse(request, template, context, status=status_of(form))

    @method_decorator(require_http_methods(["GET", "HEAD"]))
    @opening_required
    def room_view(self, request, opened):
        record_looks(request.user, [opened.reflection], why=Why.EMERGENCY, about=opened.reflection.owner)
        return self._page(request, opened)

    @method_decorator(require_POST)
    @opening_required
    def close_view(self, request, opened):
        emergency_access.close_ways_in(opened)
        messages.success(request, "Koden og alle links er lukket.")
        return self._room(opened)

    @method_decorator(require_POST)
    @opening_required
    def answers_view(self, request, opened):
        form = AnswersForm(request.POST, room=opened.reflection)
        if not form.is_valid():
            return self._page(request, opened, answers=form)
        emergency_access.delete_answers(opened, form.cleaned_data["who"])
        messages.success(request, "Deltagerens svar er slettet.")
        return self._room(opened)

    @method_decorator(require_POST)
    @opening_required
    def lead_view(self, request, opened):
        form = LeaderForm(request.POST, room=opened.reflection, user=request.user)
        if not form.is_valid():
            return self._page(request, opened, leader=form)
        emergency_access.hand_over(opened, form.cleaned_data["who"])
        messages.success(request, "Deltageren kan nu lede rummet.")
        return self._room(opened)

    @method_decorator(require_POST)
    @opening_required
    def delete_view_of_room(self, request, opened):
        form = DeleteRoomForm(request.POST, room=opened.reflection)
        if not form.is_valid():
            return self._page(request, opened, deletion=form)
        emergency_access.delete_room(opened)
        messages.success(request, "Rummet er slettet.")
        return redirect("admin:reflection_emergencyaccess_changelist")

    def _room(self, opened):
        return redirect(reverse("admin:reflection_emergencyaccess_room", args=[opened.pk]))

    def _page(self, request, opened, **forms):
        """The administration of a room; of `forms` those that were sent and found wrong."""
        room = opened.reflection
        unsent = {
            "answers": AnswersForm(room=room),
            "leader": LeaderForm(room=room, user=request.user),
            "deletion": DeleteRoomForm(room=room),
        }
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Rummets administration",
            "opened": opened,
            "facts": _facts(room),
            "why_nobody_can_lead": LeaderForm.why_not(room),
            **unsent,
            **forms,
        }
        status = 422 if forms else 200
        return TemplateResponse(request, "admin/reflection/emergencyaccess/room.html", context, status=status)


def _facts(room) -> list[tuple[str, object]]:
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
