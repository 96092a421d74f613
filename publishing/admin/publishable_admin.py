"""Content that is published: its state in lists and forms, and the buttons that change it."""

from functools import partial

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST

from privacy.models import What
from publishing.admin.bulk import asks_first
from publishing.admin.content_admin import ContentAdmin
from publishing.admin.drafts import finish_work, work_key
from publishing.admin.filters import NoEnglishFilter, NotSeenFilter, StatusFilter, TaskKind, no_english
from publishing.admin.help import mark_english_behind
from publishing.admin.pending import (
    TAKEN_PLACE,
    difference,
    drafted,
    keep_beside,
    pending_of,
    preview,
    take_place,
    warnings_of,
)
from publishing.admin.remarks import (
    ANSWERED,
    SUBMITTED,
    CloseForm,
    RemarkForm,
    ReviewerForm,
    ask_to_read,
    close,
    remarks_of,
    say,
    send_back,
    show_beside_fields,
    tell,
)
from publishing.admin.workflow import (
    FORM_BESIDE,
    PENDING_STEPS,
    SENT_BACK,
    STEPS,
    TAKEN,
    AppearForm,
    ReturnForm,
    ScheduleForm,
    about,
    english_warnings,
    moment,
    status_of,
    steps_beside,
    steps_from,
    warn_of_english,
)
from publishing.models import PendingVersion, Remark
from publishing.publishable import State
from publishing.readability import AIM, described, lix
from publishing.trial import is_trial
from publishing.views import link_to


class PublishableAdmin(ContentAdmin):
    """For models that are Publishable; `text_field` names the Markdown text whose LIX is shown."""

    text_field = "body"
    own_tasks: list[TaskKind] = []
    actions = ["submit", "publish", "withdraw", "still_right", "archive"]
    save_on_top = True

    def get_list_display(self, request):
        measured = ["readability"] if self.text_field else []
        return [*super().get_list_display(request), "status", "changed", *measured]

    def get_list_filter(self, request):
        english = [NoEnglishFilter] if len(no_english(self.model)) > 1 else []
        return [StatusFilter, NotSeenFilter, *english, *super().get_list_filter(request)]

    def get_readonly_fields(self, request, obj=None):
        dates = ["published_at", "published_until"] if getattr(request, "pending", None) else []
        return [*super().get_readonly_fields(request, obj), *dates, "updated_at", "readability"]

    def get_view_on_site_url(self, obj=None):
        """The page itself: editors see drafts there, at the address that readers will get."""
        if obj is None or not hasattr(obj, "get_absolute_url"):
            return None
        return obj.get_absolute_url()

    @admin.display(description="status", ordering="published_at")
    def status(self, item):
        return status_of(item)

    @admin.display(description="ændret", ordering="updated_at")
    def changed(self, item):
        return date_format(timezone.localtime(item.updated_at), "d.m.Y")

    @admin.display(description="LIX")
    def readability(self, item):
        return described(getattr(item, self.text_field)) if self.text_field else ""

    def save_model(self, request, obj, form, change):
        if obj.published_at:  # a date wins: the marks of earlier states go
            obj.submitted_at = obj.archived_at = None
        super().save_model(request, obj, form, change)
        value = lix(getattr(obj, self.text_field)) if self.text_field else None
        if value and value >= AIM:
            text = f"Teksten har LIX {value}. Prøv kortere sætninger og ord, så flere kan læse den."
            messages.warning(request, text)

    # --- Beside the public text ---

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        view = partial(super().changeform_view, request, object_id, form_url, extra_context)
        if request.method != "POST":
            return view()
        if "_preview" in request.POST:
            return self._preview(request, object_id, view)
        return (
            self._keep_beside(request, object_id, view) if object_id and "_apart" in request.POST else view()
        )

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    @method_decorator(transaction.atomic)
    def pending_view(self, request, object_id):
        """The form of what is written beside the public text."""
        item = self.item_or_404(request, object_id)
        request.pending = get_object_or_404(PendingVersion.objects.of(item))
        view = partial(super().changeform_view, request, object_id, extra_context=FORM_BESIDE)
        if request.method == "POST":
            act = self._preview if "_preview" in request.POST else self._keep_beside
            return act(request, object_id, view)
        try:
            with drafted(item, request.pending):
                return view().render()
        except ValidationError as error:
            return self._cannot_be_shown(request, item, error)

    def _cannot_be_shown(self, request, item, error):
        messages.error(
            request, f"Kladden passer ikke mere til den offentlige tekst. {' '.join(error.messages)}"
        )
        return redirect(self.address(item, "appear"))

    def _keep_beside(self, request, object_id, view):
        item = self.item_or_404(request, object_id)
        try:
            answer = keep_beside(request, item, view)
        except ValidationError as error:
            return self._cannot_be_shown(request, item, error)
        if answer:
            return answer
        finish_work(request, self.model, work_key(request, object_id))
        self.log_change(request, item, "Gemt som kladde ved siden af den offentlige tekst.")
        messages.success(request, "Kladden er gemt. Læserne ser stadig den gamle tekst.")
        step = next((step for step in PENDING_STEPS if step.name in request.POST), None)
        if step and step.name == "_submit_pending":
            PendingVersion.objects.of(item).update(submitted_at=timezone.now())
            ask_to_read(request, item, self.address(item, "pending"))
            messages.success(request, "Kladden er sendt til gennemsyn.")
        return redirect(self.address(item, step.page if step and step.page else "pending"))

    def _preview(self, request, object_id, view):
        """The whole page with what is typed; nothing is stored."""
        item = self.item_or_404(request, object_id) if object_id else None
        try:
            shown = preview(request, item, getattr(request, "pending", None), view)
        except ValidationError as error:
            shown = {"errors": error.messages}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Sådan bliver siden",
            **shown,
        }
        return TemplateResponse(request, "admin/preview.html", context)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        request.saved_item = form.instance

    def response_add(self, request, obj, post_url_continue=None):
        if is_trial():
            return redirect(self.address(obj))
        taken = self._response_of_step(request, obj)
        if obj.state == State.DRAFT and not taken:
            messages.info(request, f"«{obj}» er en kladde. Læserne ser den først, når den er offentlig.")
        return taken or super().response_add(request, obj, post_url_continue)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    @method_decorator(transaction.atomic)
    def appear_view(self, request, object_id):
        """What changes when it takes the public text's place; and when."""
        item = self.item_or_404(request, object_id)
        pending = get_object_or_404(PendingVersion.objects.of(item))
        form = AppearForm(request.POST or None, initial={"moment": pending.takes_place_at})
        if form.is_valid():
            return self._appear(request, item, pending, form.cleaned_data["moment"])
        context = {
            "form": form,
            "pending": pending,
            "sections": difference(pending, item),
            "warnings": warnings_of(pending, item, english_warnings),
        }
        status = 400 if form.errors else 200
        return self.page(request, item, "Kladden tager pladsen", "admin/appear.html", context, status)

    def _appear(self, request, item, pending, at):
        if at:
            PendingVersion.objects.filter(pk=pending.pk).update(takes_place_at=at)
            self.log_change(request, item, f"Kladden er planlagt til {moment(at)}.")
            messages.success(request, f"Kladden tager den offentlige teksts plads {moment(at)}.")
            return redirect(self.address(item, "pending"))
        try:
            take_place(pending, item, request.user)
        except ValidationError as error:
            messages.error(request, f"Kladden kan ikke tage pladsen. {' '.join(error.messages)}")
            return redirect(self.address(item, "appear"))
        self.record_act(request, What.PUBLISHED, item)
        messages.success(request, f"{TAKEN_PLACE} Det, der stod før, findes i historikken.")
        return redirect(self.address(item))

    @method_decorator(require_POST)
    @method_decorator(transaction.atomic)
    def discard_pending_view(self, request, object_id):
        item = self.item_or_404(request, object_id)
        for pending in PendingVersion.objects.of(item):
            pending.delete()
            self.log_change(request, item, "Kladden ved siden af er kasseret.")
            messages.success(request, "Kladden er kasseret. Den offentlige tekst er, som den var.")
        return redirect(self.address(item))

    # --- One item ---

    def get_urls(self):
        own = [
            self.route("<path:object_id>/kladde/", self.pending_view, "pending"),
            self.route("<path:object_id>/kladde/frem/", self.appear_view, "appear"),
            self.route("<path:object_id>/bemaerkning/", self.remark_view, "remark"),
            self.route("<path:object_id>/kladde/kasser/", self.discard_pending_view, "discard_pending"),
            self.route("<path:object_id>/planlaeg/", self.schedule_view, "schedule"),
            self.route("<path:object_id>/send-tilbage/", self.return_view, "return"),
        ]
        return [*own, *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["can_preview"] = hasattr(self.model, "get_absolute_url")
        if add and not context["is_popup"]:
            context["steps"] = steps_from(State.DRAFT)
            context["reviewer_form"] = ReviewerForm(user=request.user, model=self.model)
        if obj and obj.pk and change and self.has_change_permission(request, obj):
            context |= self._pending_context(request, obj)
            context["state"] = status_of(obj)
            behind = obj.english_behind or []
            steps = steps_from(obj.state, english_is_behind=bool(behind))
            mark_english_behind(context["adminform"].form, behind)
            context["steps"] = steps_beside(context["pending"]) if context["is_pending"] else steps
            context |= self._remarks_context(request, obj, context)
            if obj.state != State.ARCHIVED:
                context["archive_url"] = self.address(obj, "archive")
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _pending_context(self, request, item) -> dict:
        pending = getattr(request, "pending", None) or pending_of(item)
        is_shareable = bool(pending or item.state != State.PUBLISHED) and hasattr(item, "get_absolute_url")
        return {
            "pending": pending,
            "is_pending": bool(getattr(request, "pending", None)),
            "share_url": request.build_absolute_uri(link_to(item)) if is_shareable else "",
        }

    def _remarks_context(self, request, item, context) -> dict:
        remarks = remarks_of(item)
        show_beside_fields(context["adminform"].form, remarks)
        sends = {"_submit", "_submit_pending"} & {step.name for step in context["steps"]}
        return {
            "remarks": remarks,
            "remark_form": RemarkForm(item=item, auto_id="remark_%s"),
            "reviewer_form": ReviewerForm(user=request.user, model=self.model) if sends else None,
        }

    @method_decorator(require_POST)
    @method_decorator(transaction.atomic)
    def remark_view(self, request, object_id):
        """Say something of the text, answer what a colleague says, or close it."""
        item = self.item_or_404(request, object_id)
        page = self.address(item, "pending" if pending_of(item) else "change")
        closing, form = CloseForm(request.POST, item=item), RemarkForm(request.POST, item=item)
        if closing.is_valid():
            close(Remark.objects.filter(pk=closing.cleaned_data["remark"].pk))
        elif form.is_valid():
            remark = say(item, form.cleaned_data["text"], by=request.user, **about(form.cleaned_data))
            if asked := remark.answers:
                tell(request, asked.by, item, page, ANSWERED)
        else:
            messages.error(request, "Skriv, hvad du vil sige. Højst 2.000 tegn.")
        return redirect(f"{page}#remarks")

    def response_change(self, request, obj):
        """The form is saved; the button says what is to happen next."""
        if is_trial():
            return redirect(self.address(obj))
        return self._response_of_step(request, obj) or super().response_change(request, obj)

    def _response_of_step(self, request, obj):
        step = next((one for one in STEPS if one.name in request.POST and obj.state in one.states), None)
        if step and not step.page:
            self._take(request, step.name, [obj])
        return redirect(self.address(obj, step.page or "change")) if step else None

    def _take(self, request, step: str, items):
        taken = [item for item in items if getattr(self, step)(request, item)]
        if taken and step == "_publish" and len(items) == 1:
            warn_of_english(request, taken[0])
        if taken:
            messages.success(request, f"{TAKEN[step]}: {', '.join(f'«{item}»' for item in taken)}")

    def _submit(self, request, item) -> bool:
        with self.as_version(request, item, SUBMITTED):
            item.submit()
            ask_to_read(request, item, self.address(item))
        return True

    def _publish(self, request, item, at=None) -> bool:
        """Say why where it cannot be."""
        told = f"Planlagt til {moment(at)}." if at else "Offentliggjort."
        try:
            item.full_clean()
            self.check_before_publishing(item)
            with self.as_version(request, item, told):
                item.publish(at)
                close(Remark.objects.of(item))
                self.record_act(request, What.PUBLISHED, item)
        except ValidationError as error:
            messages.error(request, f"«{item}» blev ikke offentliggjort. {' '.join(error.messages)}")
            return False
        return True

    def check_before_publishing(self, item):
        """Raise ValidationError for what must be there before readers may see the item."""
        item.check_before_publishing()

    def _withdraw(self, request, item) -> bool:
        with self.as_version(request, item, "Trukket tilbage."):
            item.withdraw()
        return True

    _unarchive = _withdraw

    def _english_right(self, request, item) -> bool:
        item.say_that_english_is_right()
        self.log_change(request, item, "Det engelske passer stadig.")
        return True

    def _still_right(self, request, item) -> bool:
        """The date that readers see is when somebody last vouched for the page."""
        item.save(update_fields=["updated_at"])
        self.log_change(request, item, "Set på: stadig rigtig.")
        return True

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    @method_decorator(transaction.atomic)
    def schedule_view(self, request, object_id):
        item = self.item_or_404(request, object_id)
        form = ScheduleForm(request.POST or None, initial={"moment": item.published_at})
        if form.is_valid():
            if self._publish(request, item, form.cleaned_data["moment"]):
                messages.success(request, f"«{item}»: {status_of(item)}.")
                warn_of_english(request, item)
            return redirect(self.address(item))
        return self._step_page(request, item, "Planlæg", "Planlæg", form)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    @method_decorator(transaction.atomic)
    def return_view(self, request, object_id):
        item = self.item_or_404(request, object_id)
        form = ReturnForm(request.POST or None)
        if form.is_valid():
            return self._send_back(request, item, form.cleaned_data["comment"])
        return self._step_page(request, item, "Send tilbage", "Send tilbage", form)

    def _send_back(self, request, item, comment):
        pending = PendingVersion.objects.of(item).filter(submitted_at__isnull=False)
        page = self.address(item, "pending" if pending else "change")
        if pending:
            pending.update(submitted_at=None)
            self.log_change(request, item, f"{SENT_BACK} {comment}")
        else:
            with self.as_version(request, item, f"{SENT_BACK} {comment}"):
                item.withdraw()
        send_back(request, item, page, comment)
        messages.success(request, f"«{item}» er sendt tilbage og er en kladde igen.")
        return redirect(page)

    def _step_page(self, request, item, title, button, form):
        status = 400 if form.errors else 200
        context = {"form": form, "button": button}
        return self.page(request, item, title, "admin/step.html", context, status)

    # --- Several items ---

    @asks_first(
        "Send til gennemsyn",
        does="Kladderne venter så på, at en kollega læser dem.",
        applies=lambda item: item.state == State.DRAFT,
    )
    def submit(self, request, queryset):
        self._take(request, "_submit", queryset.in_state(State.DRAFT))

    @asks_first(
        "Offentliggør", does="Alle kan læse dem med det samme.", applies=lambda item: not item.is_published
    )
    def publish(self, request, queryset):
        """Publish now what is not public yet."""
        self._take(request, "_publish", [item for item in queryset if not item.is_published])

    @asks_first(
        "Træk tilbage",
        does="Læserne kan så ikke finde dem mere. De bliver kladder igen.",
        applies=lambda item: item.published_at is not None,
    )
    def withdraw(self, request, queryset):
        self._take(request, "_withdraw", queryset.filter(published_at__isnull=False))

    @asks_first(
        "Set på i dag: stadig rigtig",
        does="Læserne ser så datoen i dag på dem som «sidst opdateret».",
        applies=lambda item: item.is_published,
    )
    def still_right(self, request, queryset):
        self._take(request, "_still_right", queryset.published())

    @asks_first(
        "Arkivér",
        does=(
            "Læserne kan så ikke finde dem mere. Teksterne og deres historik bliver her. Skal læserne føres "
            "til en anden side, så arkivér dem én for én."
        ),
        applies=lambda item: item.state != State.ARCHIVED,
    )
    def archive(self, request, queryset):
        self._take(request, "_archive_one", [item for item in queryset if item.state != State.ARCHIVED])

    def _archive_one(self, request, item) -> bool:
        with self.as_version(request, item, "Arkiveret."):
            item.archive()
        return True
