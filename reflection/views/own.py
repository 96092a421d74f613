"""«Mine rum» and «Mine data»: what somebody with an account has here."""

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.guards import fresh_login_required, staff_required
from privacy.events import record
from privacy.models import What
from publishing.shortcuts import form_methods, json_file
from reflection.forms.autosave import post_data, status_of
from reflection.models import Agreement, Reflection
from reflection.privacy.own_data import (
    DeletionForm,
    OwnDataForm,
    looks_of_others,
    own_data,
    owned_by,
    participants_of,
)
from reflection.privacy.personal_records import records_of, restrictions_of

ON_A_PAGE = 20
LOOKS_SHOWN = 50


class RoomsForm(forms.Form):
    """Which of my rooms: by their title alone, and put away or not."""

    q = forms.CharField(
        label=gettext_lazy("Søg i titlerne"),
        max_length=100,
        required=False,
        error_messages={"max_length": gettext_lazy("Skriv højst 100 tegn.")},
    )
    arkiv = forms.BooleanField(label=gettext_lazy("Vis dem, jeg har lagt i arkiv"), required=False)

    def of(self, user):
        """Rooms the user led or took part in."""
        is_archived, text = self.cleaned_data.get("arkiv", False), self.cleaned_data.get("q", "")
        rooms = participants_of(user).exclude(reflection__mode=Reflection.Mode.SOLO)
        rooms = rooms.filter(is_archived=is_archived, is_put_out=False)
        return rooms.filter(reflection__title__icontains=text) if text else rooms


@require_safe
@staff_required
def rooms(request):
    asked = {name: request.GET.get(name, "").replace("\0", "") for name in ["q", "arkiv"]}
    form = RoomsForm(asked)
    form.is_valid()  # what is wrong is said on the page, and the rest is shown
    chosen = {name: text for name, text in asked.items() if text}
    context = {
        "form": form,
        "page": Paginator(form.of(request.user), ON_A_PAGE).get_page(request.GET.get("side")),
        "query": f"{urlencode(chosen)}&" if chosen else "",
    }
    return render(request, "reflection/rooms.html", context, status=status_of(form))


@require_POST
@staff_required
def archive(request, key):
    """Put a room away in one's own list, or take it out again; nobody else notices."""
    participant = get_object_or_404(participants_of(request.user), reflection__key=key)
    participant.is_archived = request.POST.get("archive") != "no"
    participant.save(update_fields=["is_archived"])
    done = _("Rummet ligger i dit arkiv.") if participant.is_archived else _("Rummet er tilbage på listen.")
    messages.success(request, done)
    return redirect("reflection:rooms")


# --- Mine data -------------------------------------------------------------------------------------


@form_methods
@staff_required
def data(request):
    """What the portal holds about me, and a form to correct it."""
    form = OwnDataForm(post_data(request), instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Det er rettet."))
        return redirect("reflection:data")
    context = {
        "form": form,
        "participants": participants_of(request.user),
        "roles": request.user.groups.all(),
        "agreements": Agreement.objects.of(request.user).count(),
        "owned": owned_by(request.user),
        "looks": looks_of_others(request.user, LOOKS_SHOWN),
        "restrictions": restrictions_of(request.user),
    }
    return render(request, "reflection/data.html", context, status=status_of(form))


@require_safe
@staff_required
def everything(request):
    """Every field that is marked as mine, row by row (privacy/marks.py)."""
    return render(request, "reflection/everything.html", {"all_records": records_of(request.user)})


@require_safe
@staff_required
@fresh_login_required
def data_json(request):
    record(What.EXPORTED, who=request.user, about=request.user, detail="mine data")
    return json_file(own_data(request.user), _("mine-data"))


@form_methods
@staff_required
@fresh_login_required
def delete_account(request):
    """What goes and what stays is said first; who still owns something gives it to somebody else."""
    user = request.user
    form = DeletionForm(post_data(request), user=user)
    if form.is_valid():
        form.save()
        logout(request)
        return render(request, "reflection/account_deleted.html")
    context = {"form": form, "owned": owned_by(user)}
    return render(request, "reflection/delete_account.html", context, status=status_of(form))
