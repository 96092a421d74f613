"""Import and export in the admin: a file is tried first, and what was tried is what is imported."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from reversion import add_to_revision, create_revision, set_comment, set_user
from reversion.models import Version

from compass.pending_imports import PendingImport
from compass.research import Import, import_figures
from compass.spreadsheets import Outcome, resources_by_model, run, table
from compass.tables import Sheet, as_csv, as_xlsx, read
from privacy.events import happening, record, record_all
from privacy.models import What
from publishing.admin.history import ORIGINAL
from publishing.slugs import slug_of

ROWS_SHOWN = 50
ERRORS_SHOWN = 200
MOST_IN_EXCEL = 10_000
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IMPORTED = "Importeret fra en fil."
ANOTHER_FILE = "Filen er ikke længere den, du så. Vælg den igen."


class FileForm(forms.Form):
    file = forms.FileField(
        label="Fil",
        help_text="Excel (xlsx) eller CSV, højst 10.000 rækker. Først ser du, hvad der vil ske.",
        error_messages={"required": "Vælg den fil, du vil importere.", "empty": "Filen er tom."},
    )


class ConfirmImportForm(forms.Form):
    mark = forms.CharField(widget=forms.HiddenInput)


# --- The history ---------------------------------------------------------------------------------------


class UndoneError(Exception):
    """Nothing was imported, so there is no new version of anything."""

    def __init__(self, outcome: Outcome):
        super().__init__()
        self.outcome = outcome


def import_by(user, resource, sheet: Sheet) -> Outcome:
    """The import, with a version of each row before and after it."""
    _remember(resource, sheet)
    try:
        with create_revision():
            set_user(user)
            set_comment(IMPORTED)
            outcome = run(resource, sheet, is_trial=False)
            if outcome.errors:
                raise UndoneError(outcome)
            for item in outcome.new:
                add_to_revision(item)
    except UndoneError as undone:
        return undone.outcome
    _log(user, outcome)
    return outcome


def _remember(resource, sheet: Sheet):
    """The rows that have no version yet, as they are before the import."""
    model, name = resource._meta.model, resource._meta.import_id_fields[0]
    place = [header.lower() for header in sheet.headers].index(resource.key_column())
    keys = [row[place].strip() for row in sheet.rows]
    known = set(Version.objects.get_for_model(model).values_list("object_id", flat=True))
    new = [item for item in model.objects.filter(**{f"{name}__in": keys}) if str(item.pk) not in known]
    if new:
        with create_revision():
            set_comment(ORIGINAL)
            for item in new:
                add_to_revision(item)


def _log(user, outcome: Outcome):
    record_all([happening(What.IMPORTED, who=user, thing=item) for item in [*outcome.new, *outcome.changed]])
    for items, flag in [(outcome.new, ADDITION), (outcome.changed, CHANGE)]:
        if items:
            LogEntry.objects.log_actions(user.pk, items, flag, change_message=IMPORTED, single_object=False)


# --- The pages -----------------------------------------------------------------------------------------


class Exchange:
    """Mixin for admins of models that have a resource."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        views = [
            ("import", "import/", require_http_methods(["GET", "POST"])(self.import_view)),
            ("import_go", "import/gennemfoer/", require_POST(self.import_go_view)),
            ("export", "eksport/<slug:kind>/", require_safe(self.export_view)),
        ]
        return [
            path(address, self.admin_site.admin_view(view), name=f"{name}_{view_name}")
            for view_name, address, view in views
        ] + super().get_urls()

    def has_import_permission(self, request) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def changelist_view(self, request, extra_context=None):
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}"
        links = {
            "has_exchange": True,
            "import_address": reverse(f"{name}_import") if self.has_import_permission(request) else "",
            "csv_address": reverse(f"{name}_export", args=["csv"]),
            "xlsx_address": reverse(f"{name}_export", args=["xlsx"]),
        }
        return super().changelist_view(request, {**links, **(extra_context or {})})

    # --- In ---

    def import_view(self, request):
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
        if not form.is_valid():
            return self._page(request, form, status=400 if form.is_bound else 200)
        kept = self._kept(request)
        mark = kept.keep(form.cleaned_data["file"])
        return self._tried(request, kept, mark)

    def _tried(self, request, kept: PendingImport, mark: str):
        """The page after a trial: errors to mend, or what will happen and a button."""
        outcome = self._run(kept)
        if outcome.errors:
            kept.remove()
            return self._page(request, FileForm(), outcome=outcome, status=400)
        return self._page(
            request, FileForm(), outcome=outcome, go_on=ConfirmImportForm(initial={"mark": mark})
        )

    def import_go_view(self, request):
        if not self.has_import_permission(request):
            raise PermissionDenied
        kept, form = self._kept(request), ConfirmImportForm(request.POST)
        if not (form.is_valid() and kept.has_mark(form.cleaned_data["mark"])):
            return self._page(request, FileForm(), outcome=Outcome(errors=[ANOTHER_FILE]), status=400)
        outcome = self._run(kept, by=request.user)
        kept.remove()
        if outcome.errors:
            return self._page(request, FileForm(), outcome=outcome, status=400)
        messages.success(request, f"Importeret: {told(outcome)}")
        return redirect(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _kept(self, request) -> PendingImport:
        return PendingImport.of(request.user, self.opts.label)

    def _run(self, kept: PendingImport, *, by=None) -> Outcome:
        """A trial; or the import itself, when it is somebody's."""
        try:
            with kept.open() as file:
                sheet = read(file)
        except ValidationError as error:
            return Outcome(errors=error.messages)
        resource = resources_by_model()[self.model]
        return import_by(by, resource, sheet) if by else run(resource, sheet, is_trial=True)

    def _page(self, request, form, *, outcome=None, go_on=None, status=200):
        resource = resources_by_model()[self.model]
        context = {
            **self.admin_site.each_context(request),
            "title": f"Importér {self.opts.verbose_name_plural}",
            "opts": self.opts,
            "form": form,
            "columns": resource.columns(),
            "key_column": resource.key_column(),
            "outcome": outcome,
            "told": told(outcome) if outcome and not outcome.errors else "",
            "rows": outcome.rows[:ROWS_SHOWN] if outcome else [],
            "more_rows": max(0, len(outcome.rows) - ROWS_SHOWN) if outcome else 0,
            "errors": outcome.errors[:ERRORS_SHOWN] if outcome else [],
            "more_errors": max(0, len(outcome.errors) - ERRORS_SHOWN) if outcome else 0,
            "go_on": go_on,
        }
        request.current_app = self.admin_site.name
        return render(request, "admin/spreadsheets/import.html", context, status=status)

    # --- Out ---

    def export_view(self, request, kind):
        """What the list shows with its filters and its search."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if kind not in {"csv", "xlsx"}:
            raise Http404
        chosen = self.get_changelist_instance(request).get_queryset(request)
        rows = table(resources_by_model()[self.model], chosen)
        record(What.EXPORTED, who=request.user, thing=self.model(), detail=kind)
        name = f"{slug_of(self.opts.verbose_name_plural)}-{timezone.localdate()}.{kind}"
        headers = {"Content-Disposition": content_disposition_header(True, name)}
        if kind == "csv":
            return StreamingHttpResponse(as_csv(rows), content_type=CSV, headers=headers)
        return self._xlsx(request, chosen, rows, headers)

    def _xlsx(self, request, chosen, rows, headers):
        try:
            if chosen.count() > MOST_IN_EXCEL:
                raise ValidationError("Listen er for lang til Excel. Vælg et filter, eller hent CSV.")
            return HttpResponse(as_xlsx(rows), content_type=XLSX, headers=headers)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_changelist")


def told(outcome: Outcome) -> str:
    return f"{len(outcome.new)} nye, {len(outcome.changed)} ændrede og {outcome.unchanged} uændrede."


# --- Figures of a survey -------------------------------------------------------------------------------


class FiguresFromFile:
    """Mixin for the admin of surveys: the figures of one, out of a spreadsheet."""

    def get_urls(self):
        address = path(
            "<int:pk>/tal/",
            self.admin_site.admin_view(require_http_methods(["GET", "POST"])(self.figures_view)),
            name=f"{self.opts.app_label}_{self.opts.model_name}_figures",
        )
        return [address, *super().get_urls()]

    @admin.display(description="tal fra en fil")
    def figures_link(self, wave):
        if not wave.pk:
            return "Gem undersøgelsen først."
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_figures"
        return format_html('<a href="{}">Hent tallene fra et regneark</a>', reverse(name, args=[wave.pk]))

    def figures_view(self, request, pk):
        """«Prøv filen» shows what would be there, «Erstat tallene» does it with the file that was tried."""
        wave = get_object_or_404(self.model, pk=pk)
        if not self.has_change_permission(request, wave):
            raise PermissionDenied
        kept = PendingImport.of(request.user, f"{self.opts.label}-{pk}")
        if "mark" in request.POST:
            return self._replace_figures(request, wave, kept)
        form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
        if not form.is_valid():
            return self._figures_page(request, wave, form, status=400 if form.is_bound else 200)
        mark = kept.keep(form.cleaned_data["file"])
        result = figures_of(wave, kept, dry_run=True)
        if result.errors:
            kept.remove()
            return self._figures_page(request, wave, FileForm(), result, status=400)
        go_on = ConfirmImportForm(initial={"mark": mark})
        return self._figures_page(request, wave, FileForm(), result, go_on=go_on)

    def _replace_figures(self, request, wave, kept: PendingImport):
        form, result = ConfirmImportForm(request.POST), Import(errors=[ANOTHER_FILE])
        if form.is_valid() and kept.has_mark(form.cleaned_data["mark"]):
            result = figures_of(wave, kept)
            kept.remove()
        if result.errors:
            return self._figures_page(request, wave, FileForm(), result, status=400)
        self.log_change(request, wave, IMPORTED)
        record(What.IMPORTED, who=request.user, thing=wave, number=len(result.figures))
        messages.success(request, f"{len(result.figures)} tal er sat ind i «{wave}».")
        return redirect(f"{self.admin_site.name}:compass_researchwave_change", wave.pk)

    def _figures_page(self, request, wave, form, result=None, *, go_on=None, status=200):
        context = {
            **self.admin_site.each_context(request),
            "title": f"Tal til «{wave}»",
            "opts": self.opts,
            "wave": wave,
            "form": form,
            "result": result,
            "go_on": go_on,
        }
        return render(request, "admin/spreadsheets/figures.html", context, status=status)


def figures_of(wave, kept: PendingImport, *, dry_run: bool = False) -> Import:
    try:
        with kept.open() as file:
            return import_figures(wave, read(file), dry_run=dry_run)
    except ValidationError as error:
        return Import(errors=error.messages)
