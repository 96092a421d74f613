"""The minutes as plain data: what the page shows and what every file holds, so that no file says more.

First what was agreed, then the steps that were talked about, then the rest. Of a room it is what the gate
shows on the board and on the slides, of a look alone one's own answers.
"""

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reflection.compasses import Outcome, Slide
from reflection.confidentiality import Comment, StepResult, Values, board
from reflection.models import Agreement, Participant, Progress
from reflection.outcomes import heading_of, outcome_of
from reflection.slides import slides_of


def minutes_to_keep(participant: Participant) -> dict:
    """What one who has a place in the reflection may read of it, in the language of the page.

    Before the reveal of a room, and before the end of a look alone, nothing but what it is about.
    """
    room = participant.reflection
    minutes = {
        "title": _("Referat"),
        "compass": room.version.guide.local.title,
        "about": room.title,
        "is_alone": room.is_solo,
        "mode": "" if room.is_solo else str(room.get_mode_display()),
        "is_mixed": room.is_mixed,
        "is_rehearsal": room.is_rehearsal,
        "language": get_language(),
        "begun": _day(room.created_at),
        "concluded": _day(room.concluded_at) if room.concluded_at else "",
        "heading": "",
        "headline": "",
        "lines": [],
        "outcome": [],
        "agreements": [],
        "steps": [],
    }
    return minutes | _content(participant) if is_readable(participant) else minutes


def is_readable(participant: Participant) -> bool:
    room = participant.reflection
    return room.is_concluded if room.is_solo else room.is_revealed


def _content(participant: Participant) -> dict:
    room = participant.reflection
    agreements = room.agreements.select_related("party")
    outcome = outcome_of(room) if room.is_concluded else Outcome("", [])
    return {
        "heading": heading_of(room) if room.is_concluded else "",
        "headline": outcome.headline,
        "lines": _lines(outcome.filled_lines),
        "outcome": _lines(room.outcome),
        "agreements": [_agreement(agreement) for agreement in agreements],
        "steps": list(map(_own_step, participant.progress())) if room.is_solo else _steps(room),
    }


def _lines(pairs) -> list[dict]:
    return [{"label": label, "text": text} for label, text in pairs]


def _day(moment) -> str:
    """A date, or the Danish date of a moment, in words."""
    return date_format(localtime(moment) if hasattr(moment, "hour") else moment, "DATE_FORMAT")


def _agreement(agreement: Agreement) -> dict:
    return {
        "what": agreement.what,
        "who": agreement.who,
        "party": agreement.party.title if agreement.party else "",
        "due": _day(agreement.due) if agreement.due else "",
        "no_date_reason": agreement.no_date_reason,
        "status": str(agreement.get_status_display()),
        "note": agreement.note,
    }


def _step(step, **content) -> dict:
    """Every step has all the same names, whether they hold anything or not."""
    return {
        "number": step.position,
        "title": step.local.title,
        "statement": "",
        "low": "",
        "high": "",
        "values": [],
        "values_note": "",
        "comments": [],
        "comments_note": "",
        "lines": [],
        "compared": [],
        "is_talked_about": False,
        "answers": [],
        **content,
    }


# --- A room ----------------------------------------------------------------------------------------


def _steps(room) -> list[dict]:
    """Those that were talked about first: where something is written, or was to be asked about."""
    by_step: dict[int, list[Slide]] = {}
    for slide in slides_of(room):
        by_step.setdefault(slide.step.pk, []).append(slide)
    order = list(by_step)
    results = sorted(board(room), key=lambda result: order.index(result.step.pk))
    steps = [_result(room, result, by_step[result.step.pk]) for result in results]
    return sorted(steps, key=lambda step: not step["is_talked_about"])


def _result(room, result: StepResult, slides: list[Slide]) -> dict:
    statement = result.statement
    lines = list(dict.fromkeys(line for slide in slides for line in slide.lines))
    return _step(
        result.step,
        statement=statement.local.text if statement else "",
        low=statement.local.low if statement else "",
        high=statement.local.high if statement else "",
        values=[_values(values) for values in result.values],
        values_note=result.values_note,
        comments=[_comment(comment) for comment in result.comments],
        comments_note=result.comments_note,
        lines=_lines(lines),
        compared=[found for slide in slides for found in room.compass.compared(slide)],
        is_talked_about=bool(lines or any(slide.lead for slide in slides)),
    )


def _values(values: Values) -> dict:
    words = {"unknown": _("Ved ikke")}
    return {
        "party": values.party.title if values.party else "",
        "counts": values.counts,
        "unknown": values.unknown,
        "total": values.total,
        "mean": None if values.mean is None else float(values.shown_mean),
        "sentence": values.sentence,
        "names": [{"said": words.get(number, number), "names": names} for number, names in values.named],
    }


def _comment(comment: Comment) -> dict:
    author = ", ".join(filter(None, [comment.name, comment.party.title if comment.party else ""]))
    hidden = comment.hidden_note
    return {"text": "" if hidden else comment.text, "by": "" if hidden else author, "hidden": hidden}


# --- Alone -----------------------------------------------------------------------------------------


def _own_step(done: Progress) -> dict:
    worded = [(prompt, answer.in_words if answer else _("intet svar")) for prompt, answer in done.answers]
    answers = [{"question": prompt.local.text, "answer": text} for prompt, text in worded]
    return _step(done.step, answers=answers)
