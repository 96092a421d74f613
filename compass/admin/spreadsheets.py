"""Import and export in the admin: a file is tried first, and what was tried is what is imported."""

from collections.abc import Callable
from functools import partial

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
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
from privacy.events import new_event, record, record_all
from privacy.models import What
from publishing.admin import Feature, custom_view, item_view
from publishing.admin.custom_views import READ, permitted
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
        help_text=(
            "Excel (xlsx) eller CSV, højst 10.000 rækker. Først ser du, hvad der vil ske. "
            "Tusinder af rækker kan tage et minut, så vent, til siden kommer."
        ),
        error_messages={"required": "Vælg den fil, du vil importere.", "empty": "Filen er tom."},
    )


class ConfirmImportForm(forms.Form):
    mark = forms.CharField(widget=forms.HiddenInput)


# --- The history ---------------------------------------------------------------------------------------


def import_by(user, resource, sheet: Sheet) -> Outcome:
    """The import, with a version of each row before and after it; ValidationError undoes all of it."""
    _remember(resource, sheet)
    with create_revision():
        set_user(user)
        set_comment(IMPORTED)
        outcome = run(resource, sheet, is_trial=False)
        if outcome.errors:
            raise ValidationError(outcome.errors)
        for item in outcome.new:
            add_to_revision(item)
    record_all([new_event(What.IMPORTED, who=user, thing=item) for item in [*outcome.new, *outcome.changed]])
    for items, flag in [(outcome.new, ADDITION), (outcome.changed, CHANGE)]:
        if items:
            LogEntry.objects.log_actions(user.pk, items, flag, change_message=IMPORTED, single_object=False)
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


# --- A file is chosen, tried, and – the same file – imported -----------------------------------------------


def upload(request, kept: PendingImport, run_by: Callable, page: Callable, done: Callable) -> HttpResponse:
    """`run_by(user, sheet)` is the import, or a trial where the user is None; `page` shows the outcome."""
    if "mark" in request.POST:
        form, outcome = ConfirmImportForm(request.POST), Outcome(errors=[ANOTHER_FILE])
        if form.is_valid() and kept.has_mark(form.cleaned_data["mark"]):
            outcome = _outcome(kept, partial(run_by, request.user))
            kept.remove()
        return page(outcome=outcome) if outcome.errors else done(outcome)
    is_sent = request.method == "POST"
    form = FileForm(request.POST, request.FILES) if is_sent else FileForm()
    if not form.is_valid():
        return page(form=form)
    mark = kept.keep(form.cleaned_data["file"])
    outcome = _outcome(kept, partial(run_by, None))
    if outcome.errors:
        kept.remove()
        return page(outcome=outcome)
    return page(outcome=outcome, go_on=ConfirmImportForm(initial={"mark": mark}))


def _outcome(kept: PendingImport, run_it: Callable[[Sheet], Outcome | Import]) -> Outcome | Import:
    try:
        with kept.open() as file:
            return run_it(read(file))
    except ValidationError as error:
        return Outcome(errors=error.messages)


# --- The pages of a list -----------------------------------------------------------------------------------


def may_import(model_admin, request) -> bool:
    return model_admin.has_add_permission(request) and model_admin.has_change_permission(request)


@custom_view("import/", "import", may=may_import)
def import_view(model_admin, request):
    """What would happen, row by row, and a button that lets it happen."""
    resource, opts = resources_by_model()[model_admin.model], model_admin.opts

    def run_by(user, sheet):
        return import_by(user, resource, sheet) if user else run(resource, sheet, is_trial=True)

    def page(*, form=None, outcome=None, go_on=None):
        shown = outcome or Outcome()
        context = {
            "form": form or FileForm(),
            "columns": resource.columns(),
            "key_column": resource.key_column(),
            "outcome": outcome,
            "told": told(shown),
            "rows": shown.rows[:ROWS_SHOWN],
            "more_rows": max(0, len(shown.rows) - ROWS_SHOWN),
            "errors": shown.errors[:ERRORS_SHOWN],
            "more_errors": max(0, len(shown.errors) - ERRORS_SHOWN),
            "go_on": go_on,
        }
        title, status = f"Importér {opts.verbose_name_plural}", 400 if shown.errors else 0
        return model_admin.page(request, title, "admin/spreadsheets/import.html", context, status=status)

    def done(outcome):
        messages.success(request, f"Importeret: {told(outcome)}")
        return redirect(model_admin.list_address())

    return upload(request, PendingImport.of(request.user, opts.label), run_by, page, done)


@custom_view("eksport/<slug:kind>/", "export", methods=READ, may=permitted("view"))
def export_view(model_admin, request, kind):
    """What the list shows with its filters and its search."""
    if kind not in {"csv", "xlsx"}:
        raise Http404
    try:
        chosen = model_admin.get_changelist_instance(request).get_queryset(request)
    except IncorrectLookupParameters:  # the list itself says so in words
        return redirect(f"{model_admin.list_address()}?{ERROR_FLAG}=1")
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
SPREADSHEETS = Feature([import_view, export_view], in_list=links_of_list)


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

    def run_by(user, sheet):
        return import_figures(wave, sheet, dry_run=user is None)

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
    return upload(request, kept, run_by, page, done)


FIGURES = Feature([figures_view])
