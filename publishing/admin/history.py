"""Who changed what: every saved version is kept, can be compared with any other, and put back."""

from contextlib import contextmanager, suppress

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.shortcuts import get_object_or_404, redirect
from reversion import add_to_revision, set_comment, set_user
from reversion.errors import RevertError
from reversion.models import Revision, Version
from reversion.revisions import create_revision, is_active, is_registered

from publishing.admin.comparison import changed, compare
from publishing.admin.custom_views import READ, Feature, item_view
from publishing.admin.ordering import OUT_OF_THE_WAY
from publishing.admin.snapshots import (
    STATE,
    UNTIL,
    Rows,
    Snapshot,
    fingerprint,
    in_words,
    parts_of,
    remembered,
    stored,
    versions_of_parts,
)
from publishing.bin import is_binned
from publishing.models import PendingVersion, Remark

ORIGINAL = "Sådan stod det, før det første gang blev rettet her."
ELSEWHERE = "Ændret et andet sted end i redaktionen."
VERSIONS_SHOWN = 200


def versions_of(item: models.Model):
    """Newest first, each with its revision and who made it."""
    found = Version.objects.get_for_object(item).select_related("revision__user", "content_type")
    return found.order_by("-pk")


def remember(item: models.Model):
    """Keep what is stored now, unless the newest version says the same: before the first change in the
    admin, and after a change that was made elsewhere."""
    if is_active():  # it is already inside of what becomes a version
        return
    newest = versions_of(item).first()
    with suppress(RevertError):
        if newest and remembered(newest) == stored(item):
            return
    with as_version(item, ELSEWHERE if newest else ORIGINAL):
        pass


@contextmanager
def as_version(item: models.Model, words: str, user=None):
    """Whatever is done to the item in this block becomes one version."""
    with create_revision(atomic=True):
        yield
        add_to_revision(item)
        set_comment(words)
        if user:
            set_user(user)


def forget(sender, instance, **kwargs):
    """What is gone for good is gone from the versions too; what lies in the bin keeps them."""
    if not (is_registered(sender) and admin.site.is_registered(sender)) or is_binned(instance):
        return
    for kept in [PendingVersion, Remark]:
        kept.objects.of(instance).delete()
    versions = list(versions_of(instance))
    revisions = {version.revision_id for version in versions}
    gone = [*versions, *versions_of_parts(revisions, sender, instance.pk)]
    Version.objects.filter(pk__in=[version.pk for version in gone]).delete()
    Revision.objects.filter(pk__in=revisions, version=None).delete()  # an import is one of many rows


# --- Putting back ------------------------------------------------------------------------------------


def put_back(item: models.Model, snapshot: Snapshot):
    """Give the item the texts and rows of the snapshot; raises ValidationError where others have taken
    its place since. Its state is as it was."""
    values = snapshot[item._meta.label_lower][str(item.pk)]
    for field in item._meta.concrete_fields:
        if field.attname in values and field.name not in STATE:
            value = field.to_python(values[field.attname])
            others = field.related_model._default_manager if field.is_relation and field.null else None
            is_gone = others and not others.filter(pk=value).exists()  # deleted since
            setattr(item, field.attname, None if is_gone else value)
    item.full_clean()
    item.save()
    for field in item._meta.many_to_many:
        kept = field.related_model._default_manager.filter(pk__in=values.get(field.attname, []))
        getattr(item, field.name).set(kept)
    for name, key in parts_of(type(item)).items():
        _put_back_rows(getattr(item, name), snapshot.get(key.model._meta.label_lower, {}))
    if getattr(item, "published_at", None):
        item.check_before_publishing()


def _put_back_rows(related, rows: Rows):
    related.exclude(pk__in=rows).delete()
    fields = {field.attname: field for field in related.model._meta.concrete_fields}
    if "position" in fields:
        related.update(position=models.F("position") + OUT_OF_THE_WAY)
    for pk, values in rows.items():
        known = {name: fields[name].to_python(values[name]) for name in fields.keys() & values.keys()}
        related.model(pk=int(pk), **known).save()


def in_the_same_state(item: models.Model, wanted: Snapshot, now: Snapshot, names=(*STATE, UNTIL)) -> Snapshot:
    kind, pk = item._meta.label_lower, str(item.pk)
    state = {name: value for name, value in now[kind][pk].items() if name in names}
    return {**wanted, kind: {pk: {**wanted[kind][pk], **state}}}


class SeenForm(forms.Form):
    """Does what was shown, and nothing over what somebody has written since."""

    seen = forms.CharField(widget=forms.HiddenInput)
    changed_meanwhile = "Indholdet er ændret, siden du så den her side. Se forskellene igen nedenfor."

    def __init__(self, *args, shown, **kwargs):
        self.current = fingerprint(shown)
        super().__init__(*args, initial={"seen": self.current}, **kwargs)

    def clean(self):
        if self.cleaned_data.get("seen") != self.current:
            raise ValidationError(self.changed_meanwhile)
        return self.cleaned_data


# --- The pages ---------------------------------------------------------------------------------------


class CompareForm(forms.Form):
    """Two versions of one item."""

    old = forms.ModelChoiceField(Version.objects.none())
    new = forms.ModelChoiceField(Version.objects.none())

    def __init__(self, *args, item: models.Model, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.queryset = versions_of(item)


@item_view("sammenlign/", "compare", methods=READ, permission="view")
def compare_view(model_admin, request, item):
    form = CompareForm(request.GET, item=item)
    with suppress(RevertError):
        if form.is_valid():
            old, new = map(remembered, form.cleaned_data.values())
            context = {**form.cleaned_data, "sections": changed(compare(type(item), old, new))}
            return model_admin.page(
                request, "Sammenlign to udgaver", "admin/compare.html", context, item=item
            )
    messages.error(request, "Vælg to udgaver, der kan sammenlignes.")
    return redirect(model_admin.address(item, "history"))


@item_view("gendan/<int:version_id>/", "restore")
def restore_view(model_admin, request, item, version_id):
    version = get_object_or_404(versions_of(item), pk=version_id)
    try:
        wanted = in_the_same_state(item, remembered(version), now := stored(item))
    except RevertError:
        messages.error(request, "Udgaven er for gammel til at blive gendannet.")
        return redirect(model_admin.address(item, "history"))
    form = SeenForm(request.POST or None, shown=now)
    if form.is_valid():
        moment = in_words(version.revision.date_created)
        try:
            with model_admin.as_version(request, item, f"Gendannet, som det var {moment}."):
                put_back(item, wanted)
        except (ValidationError, IntegrityError) as error:
            reasons = getattr(error, "messages", ["Noget andet har taget dets plads."])
            form.add_error(None, f"Udgaven kan ikke gendannes. {' '.join(reasons)}")
        else:
            found = "Det, der stod, findes i historikken."
            messages.success(request, f"«{item}» er, som det var {moment}. {found}")
            return redirect(model_admin.address(item))
    context = {"version": version, "form": form, "sections": changed(compare(type(item), now, wanted))}
    title, status = "Gendan en udgave", 409 if form.errors else 200
    return model_admin.page(request, title, "admin/restore.html", context, item=item, status=status)


HISTORY = Feature([compare_view, restore_view])
