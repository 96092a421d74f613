"""Admins of what is written once."""

from publishing.admin.base import BaseAdmin


class AddedOnlyAdmin(BaseAdmin):
    """A row is added, and neither changed nor deleted."""

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class ReadOnlyAdmin(AddedOnlyAdmin):
    """Nor is one added here; who has `permission` reads them."""

    permission: str

    def has_module_permission(self, request) -> bool:
        return request.user.has_perm(self.permission)

    def has_view_permission(self, request, obj=None) -> bool:
        return request.user.has_perm(self.permission)

    def has_add_permission(self, request) -> bool:
        return False
