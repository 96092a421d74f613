"""Accounts: who has one, with which roles. Nobody's password or address is anybody else's to set.

An account begins with a mail to its own address. Until its person has chosen a password there, the
account is nobody's yet, and a misspelt address can be corrected.
"""

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from allauth.socialaccount.admin import SocialAccount, SocialApp, SocialToken
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import Group
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.utils.decorators import method_decorator

from accounts.guards import fresh_login_required
from accounts.holdings import hand_over_addresses, owned_by
from accounts.invitations import invite, tell_closed
from accounts.models import LAST_ADMINISTRATOR, User
from accounts.roles import ADMINISTRATOR, ROLES
from privacy.events import new_event, record, record_all, record_looks
from privacy.models import What, Why
from publishing.admin import BaseAdmin, Feature, item_view
from publishing.admin.custom_views import ACT, READ
from publishing.danish_order import danish_order

# Roles are what accounts/roles.py says, and how somebody logs in is theirs or the settings': none has a page.
admin.site.unregister([Group, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken])

WAITING = "Inviteret, endnu ikke brugt"


def status_of(user) -> str:
    if not user.is_active:
        return "Lukket"
    return "Åben" if user.has_begun else WAITING


class UserForm(forms.ModelForm):
    groups = forms.ModelMultipleChoiceField(
        Group.objects.filter(name__in=ROLES),
        label="Roller",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Med en rolle kan personen komme ind i redaktionen. Alle kan bruge kompasserne.",
    )

    class Meta:
        model = User
        fields = ["name", "email", "groups", "is_active"]
        labels = {"is_active": "Kontoen er åben"}
        help_texts = {
            "is_active": (
                "Fjern fluebenet, når personen er holdt op. Så bliver personen logget ud overalt "
                "med det samme og får en mail om det."
            )
        }

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def clean(self) -> dict:
        cleaned = super().clean()
        roles = {group.name for group in cleaned.get("groups") or []}
        stays = cleaned.get("is_active", True) and (self.instance.is_superuser or ADMINISTRATOR in roles)
        if self.instance.pk and not stays and self.instance.is_last_administrator:
            raise ValidationError(LAST_ADMINISTRATOR)
        return cleaned

    def changes(self) -> list[str]:
        """What was changed, in words that say from what to what; nothing that identifies a stranger."""
        changes = []
        if "groups" in self.changed_data:
            changes.append(
                f"Roller: fra {_named(self.initial['groups'])} til {_named(self.cleaned_data['groups'])}."
            )
        if "is_active" in self.changed_data:
            changes.append("Kontoen er åbnet." if self.cleaned_data["is_active"] else "Kontoen er lukket.")
        if "name" in self.changed_data:
            changes.append("Navnet er rettet.")
        if "email" in self.changed_data:
            changes.append("Adressen er rettet, og der er sendt en ny invitation.")
        return changes

    def acts(self) -> list[tuple[What, str]]:
        """The same for the event log: of roles from what to what, of all else only that."""
        acts = []
        if "groups" in self.changed_data:
            before, after = _named(self.initial["groups"]), _named(self.cleaned_data["groups"])
            acts.append((What.ROLES_CHANGED, f"{before} → {after}"))
        if "is_active" in self.changed_data:
            acts.append((What.ACCOUNT_OPENED if self.cleaned_data["is_active"] else What.ACCOUNT_CLOSED, ""))
        if {"name", "email"} & set(self.changed_data):
            acts.append((What.ACCOUNT_CHANGED, ""))
        return acts


def _named(groups) -> str:
    return ", ".join(sorted(group.name for group in groups)) or "ingen"


def _invite(request, user):
    if invite(request, user):
        messages.success(request, f"Der er sendt en invitation til {user.email}.")
    else:
        messages.error(request, "Mailen kunne ikke sendes. Prøv igen med «Send en ny invitation».")


@item_view("overblik/", "overview", methods=READ, permission="view")
def overview_view(model_admin, request, user):
    """Who somebody is here, where the roles come from, what is still theirs."""
    record_looks(request.user, [user], why=Why.ACCOUNTS, about=user)
    context = {
        "person": user,
        "status": status_of(user),
        "roles": model_admin.roles(user),
        "roles_from": model_admin.roles_from(user),
        "logins": user.login_sessions.standing(),
        "owned": owned_by(user),
        "hand_over": hand_over_addresses(user) if not user.is_active else [],
    }
    return model_admin.page(request, "Overblik", "admin/accounts/user/overview.html", context, item=user)


@item_view("log-ud/", "end_logins", methods=ACT, guards=[fresh_login_required])
def end_logins_view(model_admin, request, user):
    """Log somebody out everywhere; the account stays open."""
    user.login_sessions.all().delete()
    record(What.SESSIONS_ENDED, who=request.user, about=user)
    model_admin.log_change(request, user, "Logget ud overalt.")
    messages.success(request, f"{user} er logget ud overalt.")
    return redirect(model_admin.address(user, "overview"))


@item_view("inviter/", "invite", methods=ACT)
def invite_view(model_admin, request, user):
    """A new link; the one that was sent before works no more."""
    if user.has_begun or not user.is_active:
        raise Http404
    _invite(request, user)
    record(What.INVITED, who=request.user, about=user)
    model_admin.log_change(request, user, "Inviteret igen.")
    return redirect(model_admin.address(user))


@admin.register(User)
class UserAdmin(BaseAdmin):
    """Invites people and gives them their roles; a superuser is out of an administrator's reach."""

    form = UserForm
    looked_at_as = Why.ACCOUNTS
    features = [Feature([overview_view, end_logins_view, invite_view])]
    list_display = ["name", "email", "roles", "roles_from", "status", "last_login"]
    list_filter = ["groups", "is_active"]
    search_fields = ["name", "email"]
    ordering = [danish_order("name")]
    readonly_fields = ["status", "last_login", "date_joined"]
    change_form_template = "admin/accounts/user/change_form.html"
    fieldsets = [
        (None, {"fields": ["name", "email"]}),
        ("Roller", {"fields": ["groups"]}),
        ("Kontoen", {"fields": ["status", "is_active", "last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": ["name", "email"],
                "description": "Personen får en mail med et link, hvor de selv vælger en adgangskode.",
            },
        ),
        ("Roller", {"fields": ["groups"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        return self.fieldsets if obj else self.add_fieldsets

    def get_readonly_fields(self, request, obj=None):
        """What the municipality's login says at each login is not corrected here."""
        theirs = ["name", "email", "groups"] if obj and obj.comes_by_single_sign_on else []
        return [*self.readonly_fields, *(theirs or (["email"] if obj and obj.has_begun else []))]

    def get_queryset(self, request):
        people = super().get_queryset(request).without_traces()
        return people.prefetch_related("groups", "socialaccount_set")

    def get_object(self, request, object_id, from_field=None):
        """Held before the one account is: who waits for each other would wait for good."""
        if request.method == "POST":
            User.objects.hold_administrators()
        return super().get_object(request, object_id, from_field)

    @admin.display(description="roller")
    def roles(self, user) -> str:
        return ", ".join(group.name for group in user.groups.all())

    @admin.display(description="roller fra")
    def roles_from(self, user) -> str:
        return "kommunens login" if user.socialaccount_set.all() else "portalen"

    @admin.display(description="status")
    def status(self, user) -> str:
        return status_of(user)

    # --- Who may ---

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and _may_touch(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        """An account in use is closed, and not deleted by anybody but its own person."""
        stays = obj is not None and ((obj.has_begun and obj.is_active) or obj.is_restricted)
        return super().has_delete_permission(request, obj) and _may_touch(request.user, obj) and not stays

    def get_deleted_objects(self, objs, request):
        """Named are the accounts alone: what else goes with them is theirs."""
        _all, _counts, lacking, protected = super().get_deleted_objects(objs, request)
        if User.objects.filter(pk__in=[user.pk for user in objs]).would_leave_no_administrator():
            protected = [*protected, LAST_ADMINISTRATOR]
        protected = [
            *protected,
            *(f"{user}: behandlingen er begrænset" for user in objs if user.is_restricted),
        ]
        return [str(user) for user in objs], {self.opts.verbose_name_plural: len(objs)}, lacking, protected

    # --- What is done, by somebody who has just shown who they are ---

    @method_decorator(fresh_login_required)
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return super().changeform_view(request, object_id, form_url, extra_context)

    @method_decorator(fresh_login_required)
    def delete_view(self, request, object_id, extra_context=None):
        return super().delete_view(request, object_id, extra_context)

    def changelist_view(self, request, extra_context=None):
        """Everybody may look; what is done to several at once is done here too."""
        view = (
            fresh_login_required(super().changelist_view)
            if request.method == "POST"
            else super().changelist_view
        )
        return view(request, extra_context)

    def save_model(self, request, obj, form, change):
        is_new = not change
        if is_new:
            obj.set_unusable_password()
        elif "email" in form.changed_data:
            obj.change_email(obj.email)
        super().save_model(request, obj, form, change)
        if is_new or "email" in form.changed_data:
            _invite(request, obj)
        if change and "is_active" in form.changed_data and not obj.is_active:
            tell_closed(request, obj)

    def save_related(self, request, form, formsets, change):
        """Roles are saved here, and so all there is to record."""
        super().save_related(request, form, formsets, change)
        acts = form.acts() if change else [(What.INVITED, _named(form.cleaned_data["groups"]))]
        person = {"who": request.user, "about": form.instance}
        record_all([new_event(what, detail=detail, **person) for what, detail in acts])

    def record_act(self, request, what, item):
        """What an account is changed in is said by `save_related`."""
        if what not in {What.ADDED, What.CHANGED}:
            super().record_act(request, what, item)

    def construct_change_message(self, request, form, formsets, add=False):
        if add:
            return f"Inviteret. Roller: {_named(form.cleaned_data['groups'])}."
        return " ".join(form.changes())

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context["overview_url"] = self.address(obj, "overview")
        if obj and not obj.has_begun and obj.is_active and self.has_change_permission(request, obj):
            context["invite_url"] = self.address(obj, "invite")
        return super().render_change_form(request, context, add, change, form_url, obj)


def _may_touch(user, other) -> bool:
    return user.is_superuser or not (other and other.is_superuser)
