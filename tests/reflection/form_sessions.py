"""A browser window with a form that saves itself: what stands in its fields, and its hidden inputs."""

from collections.abc import Callable

from reflection.forms.answers import AutosavedForm, StepForm


class FormSession:
    """One rendering of a form; `make_form` builds it from what is sent, or from nothing."""

    def __init__(self, make_form: Callable[[dict | None], AutosavedForm]):
        self.make_form = make_form
        self.reload()

    def reload(self):
        form = make_unbound(self.make_form)
        self.texts = {name: str(form[name].value() or "") for name in form.fields}
        self.read = dict(self.texts)
        self.seen = {name: {text} for name, text in self.texts.items()}
        self.hidden = dict(form.hidden_state)

    def type(self, **texts):
        self.texts |= texts

    def sent(self, **extra) -> dict:
        return {**self.hidden, **self.texts, **extra}

    def save(self, *, is_received=True, **extra) -> AutosavedForm:
        """Send the form as autosave does. Where the receipt is lost, the page learns nothing."""
        form = self.make_form(self.sent(**extra))
        form.relax()
        form.is_valid()
        form.save()
        for name, text in self.texts.items():
            self.seen[name].add(text)
        if is_received:
            self.hidden = dict(form.hidden_state)
            for clash in form.clashes:
                self.seen[clash.field].add(clash.theirs)
        return form

    def overwrite(self, form: AutosavedForm):
        """Press «Gem min tekst i stedet» at the first clash that `form` shows."""
        clash = form.clashes[0]
        return self.save(overwrite=clash.overwrite, **{f"{clash.field}-theirs": clash.theirs})


def make_unbound(make_form):
    return make_form(None)


def step_session(participant, step) -> FormSession:
    return FormSession(lambda data: StepForm(data, participant=participant, step=step))
