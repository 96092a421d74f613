from allauth.account.admin import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.forms import CheckboxSelectMultiple

from aarhuskompas.editing import DiscreetDeletion
from accounts.models import User
from accounts.roles import ROLES

# Roles are what accounts/roles.py says, and a person's address is theirs to change: neither has a page.
admin.site.unregister([Group, EmailAddress])


class UserCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]
        field_classes = {}


@admin.register(User)
class UserAdmin(DiscreetDeletion, DjangoUserAdmin):
    """Gives people their roles and nothing beyond: a superuser is out of an administrator's reach."""

    add_form = UserCreationForm
    list_display = ["name", "email", "roles", "is_active", "last_login"]
    list_filter = ["groups", "is_active"]
    search_fields = ["name", "email"]
    ordering = ["name"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["name", "email", "password"]}),
        ("Roller", {"fields": ["groups", "is_staff", "is_active"]}),
        ("Datoer", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {"fields": ["email", "name", "usable_password", "password1", "password2"]},
        )
    ]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and _may_touch(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and _may_touch(request.user, obj)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            kwargs["queryset"] = Group.objects.filter(name__in=ROLES)
            kwargs["widget"] = CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="roller")
    def roles(self, user):
        return ", ".join(group.name for group in user.groups.all())


def _may_touch(user, other) -> bool:
    return user.is_superuser or not (other and other.is_superuser)
