"""Roles are groups (product.md §1): a migration makes them, this file says what each may do.

No role may open a reflection: what people answer is reached through the reflection's own
participants alone, never through a permission.
"""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission

from publishing.registry import content_types

EDITOR = "redaktør"
METHOD_OWNER = "metodeansvarlig"
ADMINISTRATOR = "administrator"

PEOPLE = ["user"]
EMERGENCIES = ["emergencyaccess"]  # a room's administration, with a reason; never what was answered
OURSELVES = ["portal", "announcement"]  # who we are, and what is said on all pages
ACCOUNTABILITY = ["event", "retentionperiod", "privacynotice", "restriction"]  # what is seen, kept, told

ROLES = [EDITOR, METHOD_OWNER, ADMINISTRATOR]


def models_of(role: str) -> list[str]:
    """An editor's and a method owner's are declared with the content (publishing/registry.py)."""
    if role == ADMINISTRATOR:
        return [
            *models_of(EDITOR),
            *models_of(METHOD_OWNER),
            *PEOPLE,
            *EMERGENCIES,
            *ACCOUNTABILITY,
            *OURSELVES,
        ]
    return [name for one in content_types() if one.role == role for name in one.edited]


def grant_permissions(**kwargs):
    """Give each role its permissions; runs after every migrate, when all permissions exist.

    A role that somebody has deleted is made again: the portal cannot be edited without it.
    """
    for role in ROLES:
        group, _made = Group.objects.get_or_create(name=role)
        group.permissions.set(Permission.objects.filter(content_type__model__in=models_of(role)))


def let_in(sender, instance, action, reverse, pk_set, **kwargs):
    """Whoever has a role may enter the admin, and nobody else."""
    if not action.startswith("post_"):
        return
    users = get_user_model().objects.filter(pk__in=pk_set or []) if reverse else [instance]
    for user in users:
        user.is_staff = user.is_superuser or user.groups.filter(name__in=ROLES).exists()
        user.save(update_fields=["is_staff"])
