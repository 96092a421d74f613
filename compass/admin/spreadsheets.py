"""Import and export in the admin: a file is tried first, and what was tried is what is imported."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import content_disposition_header
from reversion import add_to_revision, create_revision, set_comment, set_user
from reversion.models import Version

from compass.pending_imports import PendingImport
from compass.research import Import, import_figures
from compass.spreadsheets import Outcome, resources_by_model, run, table
from compass.tables import Sheet, as_csv, as_xlsx, read
from privacy.events import happening, record, record_all
from privacy.models import What
from publishing.admin import Feature, custom_view, item_view
from publishing.admin.custom_views import ACT, READ, may_view
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


# --- A file is chosen, tried, and – the same file – imported -----------------------------------------------


@dataclass
class Upload:
    """`run(sheet, by=None)` is the trial, or the import when it is somebody's; `page` shows it."""

    request: HttpRequest
    kept: PendingImport
    run: Callable[..., Outcome | Import]
    page: Callable[..., HttpResponse]

    def try_it(self) -> HttpResponse:
        """Errors to mend, or what will happen and a button."""
        is_sent = self.request.method == "POST"
        form = FileForm(self.request.POST, self.request.FILES) if is_sent else FileForm()
        if not form.is_valid():
            return self.page(form=form)
        mark = self.kept.keep(form.cleaned_data["file"])
        outcome = self._outcome()
        if outcome.errors:
            self.kept.remove()
            return self.page(outcome=outcome)
        return self.page(outcome=outcome, go_on=ConfirmImportForm(initial={"mark": mark}))

    def import_it(self, done: Callable[..., HttpResponse]) -> HttpResponse:
        form, outcome = ConfirmImportForm(self.request.POST), Outcome(errors=[ANOTHER_FILE])
        if form.is_valid() and self.kept.has_mark(form.cleaned_data["mark"]):
            outcome = self._outcome(by=self.request.user)
            self.kept.remove()
        return self.page(outcome=outcome) if outcome.errors else done(outcome)

    def _outcome(self, by=None):
        try:
            with self.kept.open() as file:
                return self.run(read(file), by=by)
        except ValidationError as error:
            return Outcome(errors=error.messages)


# --- The pages of a list -----------------------------------------------------------------------------------


def may_import(model_admin, request) -> bool:
    return model_admin.has_add_permission(request) and model_admin.has_change_permission(request)


def _upload(model_admin, request) -> Upload:
    resource = resources_by_model()[model_admin.model]

    def run_it(sheet, by):
        return import_by(by, resource, sheet) if by else run(resource, sheet, is_trial=True)

    kept = PendingImport.of(request.user, model_admin.opts.label)
    return Upload(request, kept, run_it, partial(_import_page, model_admin, request, resource))


@custom_view("import/", "import", may=may_import)
def import_view(model_admin, request):
    return _upload(model_admin, request).try_it()


@custom_view("import/gennemfoer/", "import_go", methods=ACT, may=may_import)
def import_go_view(model_admin, request):
    def done(outcome):
        messages.success(request, f"Importeret: {told(outcome)}")
        return redirect(model_admin.list_address())

    return _upload(model_admin, request).import_it(done)


def _import_page(model_admin, request, resource, *, form=None, outcome=None, go_on=None):
    rows, errors = (outcome.rows, outcome.errors) if outcome else ([], [])
    context = {
        "form": form or FileForm(),
        "columns": resource.columns(),
        "key_column": resource.key_column(),
        "outcome": outcome,
        "told": told(outcome) if outcome and not errors else "",
        "rows": rows[:ROWS_SHOWN],
        "more_rows": max(0, len(rows) - ROWS_SHOWN),
        "errors": errors[:ERRORS_SHOWN],
        "more_errors": max(0, len(errors) - ERRORS_SHOWN),
        "go_on": go_on,
    }
    title, status = f"Importér {model_admin.opts.verbose_name_plural}", 400 if errors else 0
    return model_admin.page(request, title, "admin/spreadsheets/import.html", context, status=status)


@custom_view("eksport/<slug:kind>/", "export", methods=READ, may=may_view)
def export_view(model_admin, request, kind):
    """What the list shows with its filters and its search."""
    if kind not in {"csv", "xlsx"}:
        raise Http404
    chosen = model_admin.get_changelist_instance(request).get_queryset(request)
    rows = table(resources_by_model()[model_admin.model], chosen)
    record(What.EXPORTED, who=request.user, thing=model_admin.model(), detail=kind)
    name = f"{slug_of(model_admin.opts.verbose_name_plural)}-{timezone.localdate()}.{kind}"
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    if kind == "csv":
        return StreamingHttpResponse(as_csv(rows), content_type=CSV, headers=headers)
    try:
        if chosen.count() > MOST_IN_EXCEL:
            raise ValidationError("Listen er for lang til Excel. Vælg et filter, eller hent CSV.")
        return HttpResponse(as_xlsx(rows), content_type=XLSX, headers=headers)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(model_admin.list_address())


def told(outcome: Outcome) -> str:
    return f"{len(outcome.new)} nye, {len(outcome.changed)} ændrede og {outcome.unchanged} uændrede."


def links_of_list(model_admin, request) -> dict[str, str]:
    return {
        "import_address": model_admin.list_address("import") if may_import(model_admin, request) else "",
        "csv_address": model_admin.list_address("export", "csv"),
        "xlsx_address": model_admin.list_address("export", "xlsx"),
    }


# Of models that say what is `imported` (compass/content_types.py).
SPREADSHEETS = Feature([import_view, import_go_view, export_view], in_list=links_of_list)


# --- Figures of a survey -----------------------------------------------------------------------------------


@admin.display(description="tal fra en fil")
def figures_link(wave):
    if not wave.pk:
        return "Gem undersøgelsen først."
    address = reverse("admin:compass_researchwave_figures", args=[wave.pk])
    return format_html('<a href="{}">Hent tallene fra et regneark</a>', address)


@item_view("tal/", "figures")
def figures_view(model_admin, request, wave):
    """«Prøv filen» shows what would be there, «Erstat tallene» does it with the file that was tried."""

    def run_it(sheet, by):
        return import_figures(wave, sheet, dry_run=by is None)

    def page(*, form=None, outcome=None, go_on=None):
        context = {"wave": wave, "form": form or FileForm(), "result": outcome, "go_on": go_on}
        template, status = "admin/spreadsheets/figures.html", 400 if outcome and outcome.errors else 0
        return model_admin.page(request, f"Tal til «{wave}»", template, context, status=status)

    def done(result):
        model_admin.log_change(request, wave, IMPORTED)
        record(What.IMPORTED, who=request.user, thing=wave, number=len(result.figures))
        messages.success(request, f"{len(result.figures)} tal er sat ind i «{wave}».")
        return redirect(model_admin.address(wave))

    kept = PendingImport.of(request.user, f"{model_admin.opts.label}-{wave.pk}")
    upload = Upload(request, kept, run_it, page)
    return upload.import_it(done) if "mark" in request.POST else upload.try_it()


FIGURES = Feature([figures_view])
