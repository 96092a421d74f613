"""«Begrænsninger af behandling»: whoever answers for data protection restricts, and lifts with a reason."""

from django.contrib import admin
from django.utils.decorators import method_decorator

from accounts.guards import fresh_login_required
from privacy.models import Restriction, What
from publishing.admin import BaseAdmin
from reflection.privacy.restriction import LiftForm, RestrictForm, name_of, tell_rooms


@admin.register(Restriction)
class RestrictionAdmin(BaseAdmin):
    """A row is added, lifted once, and never deleted."""

    list_display = ["whose", "began_at", "reason", "lifted_at", "lifted_because"]
    actions = None
    change_form_template = "admin/privacy/restriction/change_form.html"

    def get_form(self, request, obj=None, change=False, **kwargs):
        if change and not self.has_change_permission(request, obj):
            return super().get_form(request, obj, change, **kwargs)
        return LiftForm if change else RestrictForm

    def get_fields(self, request, obj=None):
        if obj is None:
            return ["who", "reason", "confirmed"]
        fields = ["whose", "began_at", "reason"]
        is_over = not self.has_change_permission(request, obj)
        lifted = ["lifted_at", "lifted_because"] if is_over else ["lifted_because", "confirmed"]
        return [*fields, *lifted]

    def get_readonly_fields(self, request, obj=None):
        return ["whose", "began_at", "reason"] if obj else []

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or obj.is_standing)

    def has_delete_permission(self, request, obj=None):
        return False

    @method_decorator(fresh_login_required)
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        if change:
            obj.lifted_by = request.user.pseudonym
        else:
            obj.began_by = request.user.pseudonym
        super().save_model(request, obj, form, change)
        tell_rooms(obj)

    def record_act(self, request, what, item):
        """By whom, about whom and which of the two; the reason stands in the row alone."""
        super().record_act(request, What.RESTRICTED if item.is_standing else What.RELEASED, item)

    @admin.display(description="hvem")
    def whose(self, restriction):
        return name_of(restriction)
