"""A version beside the public text: its form is the text's own, filled in and saved in a trial."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.http import HttpResponse
from django.utils import timezone
from reversion import add_to_revision, set_comment, set_user
from reversion.revisions import create_revision

from publishing.admin.comparison import Section, changed, compare
from publishing.admin.history import in_the_same_state, put_back, remember
from publishing.admin.snapshots import Snapshot, merged, stored
from publishing.models import PendingVersion, Remark
from publishing.trial import as_readers_see_it, trial

TAKEN_PLACE = "Kladden har taget den offentlige teksts plads."


def pending_of(item: models.Model) -> PendingVersion | None:
    return PendingVersion.objects.of(item).first()


def as_it_will_be(pending: PendingVersion, item: models.Model) -> Snapshot:
    """With what others have changed in the public text since; as public as that is."""
    now = stored(item)
    return in_the_same_state(item, merged(pending.opened, now, pending.texts), now)


def difference(pending: PendingVersion, item: models.Model) -> list[Section]:
    return changed(compare(type(item), stored(item), as_it_will_be(pending, item)))


def warnings_of(pending: PendingVersion, item: models.Model, says: Callable[..., list[str]]) -> list[str]:
    """What there is to say of the text as it will be; and why it cannot be, where it cannot."""
    try:
        with drafted(item, pending):
            return says(type(item)._base_manager.get(pk=item.pk))
    except ValidationError as error:
        return error.messages


@contextmanager
def drafted(item: models.Model, pending: PendingVersion | None) -> Iterator[None]:
    """In this block the database says what is pending. Raises ValidationError where it cannot."""
    with trial():
        if pending:
            _put_back(item, pending)
        yield


def _put_back(item: models.Model, pending: PendingVersion):
    try:
        with transaction.atomic():
            put_back(item, as_it_will_be(pending, item))
    except IntegrityError as error:
        raise ValidationError("Noget andet har taget dens plads.") from error


def keep_beside(request, item: models.Model, view: Callable[[], HttpResponse]) -> HttpResponse | None:
    """Save the form that was sent as the pending version; the form again, where it cannot be saved."""
    pending = pending_of(item)
    kept = pending or PendingVersion(item=item, opened=stored(item))
    with drafted(item, pending):
        answer = view()
        if answer.status_code != 302:
            return answer.render()
        kept.texts = stored(type(item)._base_manager.get(pk=item.pk))
    kept.by = request.user
    kept.save()
    return None


@transaction.atomic
def take_place(pending: PendingVersion, item: models.Model, user):
    """The public text is what the pending version says. Raises ValidationError where it cannot be."""
    remember(item)
    with create_revision():
        _put_back(item, pending)
        add_to_revision(item)
        set_comment(TAKEN_PLACE)
        if user:
            set_user(user)
    _say(user, item, TAKEN_PLACE)
    Remark.objects.of(item).open().update(closed_at=timezone.now())
    pending.delete()


def appear(pending: PendingVersion) -> bool:
    """On its moment. What cannot take the place waits on, and the text's history says why."""
    item = pending.item
    if item is None:
        return False
    try:
        take_place(pending, item, pending.by)
    except ValidationError as error:
        PendingVersion.objects.filter(pk=pending.pk).update(takes_place_at=None)
        _say(pending.by, item, f"Kladden kunne ikke tage pladsen. {' '.join(error.messages)}")
        return False
    return True


def _say(user, item: models.Model, words: str):
    if user:
        LogEntry.objects.log_actions(user.pk, [item], CHANGE, words, single_object=True)


# --- Preview -----------------------------------------------------------------------------------------

LANGUAGES = {"da": "Dansk", "en": "Engelsk"}
# What is only looked at does nothing; the frame it stands in would refuse it with a word of complaint.
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)


def preview(request, item: models.Model | None, pending: PendingVersion | None, view) -> dict:
    """The whole page in both languages with what was typed, or what keeps it from being shown."""
    request.FILES.clear()  # what is only looked at leaves no file
    with drafted(item, pending) if item else trial():
        answer = view()
        messages.get_messages(request)._queued_messages.clear()
        if answer.status_code != 302:
            return {"errors": answer.context_data["errors"]}
        shown = type(request.saved_item)._base_manager.get(pk=request.saved_item.pk)
        return {"pages": [_page(request, shown, *language) for language in LANGUAGES.items()]}


def _page(request, item, code: str, name: str) -> dict:
    page = SCRIPT.sub("", as_readers_see_it(request, item, code).content.decode())
    return {"code": code, "name": name, "html": page}
