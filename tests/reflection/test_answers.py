"""An answer is stored once, in versions, and no window overwrites another without being told."""

import threading
import time

import pytest
from django.db import connection, connections, transaction

from reflection.models import UNKNOWN, Answer, ConflictError, Prompt
from tests.factories import make_review

pytestmark = pytest.mark.django_db

MINE, OTHERS = "a" * 22, "b" * 22  # two pages


@pytest.fixture
def participant(db):
    return make_review().participant


@pytest.fixture
def line(participant):
    return prompt_of(participant, Prompt.Kind.LINE)


@pytest.fixture
def scale(participant):
    return prompt_of(participant, Prompt.Kind.SCALE)


def prompt_of(participant, kind):
    return Prompt.objects.get(step__version=participant.reflection.version, step__position=1, kind=kind)


def write(participant, prompt, raw, *, was="", version=0, page=MINE, known=None):
    return Answer.objects.write(participant, prompt, raw, was=was, version=version, page=page, known=known)


def stored(participant):
    return list(participant.answers.order_by("pk").values_list("state", "value", "text", "version"))


# --- One window ----------------------------------------------------------------------------------


def test_the_first_words_make_version_one(participant, line):
    write(participant, line, "Cyklen")
    assert stored(participant) == [("given", None, "Cyklen", 1)]


def test_each_new_text_is_a_new_version(participant, line):
    write(participant, line, "Cyklen")
    write(participant, line, "Cyklen er hurtigst", was="Cyklen", version=1)
    assert stored(participant) == [("given", None, "Cyklen er hurtigst", 2)]


def test_the_same_text_again_is_not_a_new_version(participant, line):
    write(participant, line, "Cyklen")
    write(participant, line, "Cyklen", was="Cyklen", version=1)
    write(participant, line, "Cyklen", page=OTHERS)
    assert stored(participant) == [("given", None, "Cyklen", 1)]


def test_an_empty_field_makes_no_answer(participant, line, scale):
    write(participant, line, "")
    write(participant, scale, "")
    assert stored(participant) == []


def test_an_answer_can_be_erased(participant, line):
    write(participant, line, "Cyklen")
    write(participant, line, "", was="Cyklen", version=1)
    assert stored(participant) == [("given", None, "", 2)]


def test_a_number_and_i_do_not_know_take_each_others_place(participant, scale):
    write(participant, scale, "4")
    assert stored(participant) == [("given", 4, "", 1)]
    write(participant, scale, UNKNOWN, was="4", version=1)
    assert stored(participant) == [("unknown", None, "", 2)]
    write(participant, scale, "1", was=UNKNOWN, version=2)
    assert stored(participant) == [("given", 1, "", 3)]


def test_the_word_unknown_in_a_line_is_a_word(participant, line):
    write(participant, line, UNKNOWN)
    assert stored(participant) == [("given", None, "unknown", 1)]
    assert participant.answers.get().raw == "unknown"


def test_one_may_answer_what_one_skipped(participant, line, scale):
    participant.skip_prompts(line.step.answered_prompts)
    assert stored(participant) == [("skipped", None, "", 1), ("skipped", None, "", 1)]
    write(participant, line, "Alligevel", was="", version=1)
    assert participant.answers.get(prompt=line).state == "given"


def test_one_may_answer_on_a_page_that_was_open_before_the_step_was_skipped(participant, line):
    participant.skip_prompts(line.step.answered_prompts)
    write(participant, line, "Alligevel", was="", version=0)
    assert participant.answers.get(prompt=line).text == "Alligevel"


def test_skipping_leaves_alone_what_is_answered(participant, line, scale):
    write(participant, line, "Cyklen")
    participant.skip_prompts(line.step.answered_prompts)
    assert sorted(stored(participant)) == [("given", None, "Cyklen", 1), ("skipped", None, "", 1)]


def test_skipping_twice_is_skipping_once(participant, line):
    participant.skip_prompts(line.step.answered_prompts)
    participant.skip_prompts(line.step.answered_prompts)
    assert stored(participant) == [("skipped", None, "", 1), ("skipped", None, "", 1)]


# --- Receipts get lost ---------------------------------------------------------------------------


def test_a_save_whose_receipt_was_lost_can_be_sent_again(participant, line):
    write(participant, line, "Cyklen")
    write(participant, line, "Cyklen")
    write(participant, line, "Cyklen er hurtigst")
    assert stored(participant) == [("given", None, "Cyklen er hurtigst", 2)]


def test_what_the_page_saved_without_knowing_can_be_erased_again(participant, line):
    write(participant, line, "Cyklen")
    write(participant, line, "")
    assert stored(participant) == [("given", None, "", 2)]


def test_a_lost_receipt_is_no_licence_once_another_window_has_written(participant, line):
    write(participant, line, "Cyklen")
    write(participant, line, "Bussen", was="Cyklen", version=1, page=OTHERS)
    with pytest.raises(ConflictError) as conflict:
        write(participant, line, "Cyklen er hurtigst")
    assert conflict.value.stored.raw == "Bussen"
    assert stored(participant) == [("given", None, "Bussen", 2)]


# --- Two windows ---------------------------------------------------------------------------------


def test_the_second_window_is_told_what_the_first_wrote(participant, line):
    write(participant, line, "Cyklen", page=OTHERS)
    with pytest.raises(ConflictError) as conflict:
        write(participant, line, "Bussen")
    assert conflict.value.stored.raw == "Cyklen"
    assert stored(participant) == [("given", None, "Cyklen", 1)]


def test_a_field_nobody_touched_never_overwrites(participant, line):
    write(participant, line, "Cyklen")
    write(participant, line, "Bussen", was="Cyklen", version=1, page=OTHERS)
    write(participant, line, "Cyklen", was="Cyklen", version=1, page="c" * 22)
    assert stored(participant) == [("given", None, "Bussen", 2)]


def test_an_untouched_empty_field_does_not_erase(participant, scale):
    write(participant, scale, "4", page=OTHERS)
    write(participant, scale, "")
    assert stored(participant) == [("given", 4, "", 1)]


def test_whoever_has_seen_the_other_text_may_replace_it(participant, line):
    write(participant, line, "Cyklen", page=OTHERS)
    write(participant, line, "Bussen", was="", version=1)
    assert stored(participant) == [("given", None, "Bussen", 2)]


def test_a_text_that_is_back_where_the_page_read_it_is_in_nobodys_way(participant, line):
    write(participant, line, "Cyklen")
    write(participant, line, "Bussen", was="Cyklen", version=1, page=OTHERS)
    write(participant, line, "Cyklen", was="Bussen", version=2, page=OTHERS)
    write(participant, line, "Toget", was="Cyklen", version=1, page="c" * 22)
    assert stored(participant) == [("given", None, "Toget", 4)]


# --- What was read a moment ago ------------------------------------------------------------------


def test_what_was_read_before_another_window_wrote_is_read_again(participant, line):
    known = write(participant, line, "Cyklen")
    write(participant, line, "Bussen", was="Cyklen", version=1, page=OTHERS)
    with pytest.raises(ConflictError) as conflict:
        write(participant, line, "Toget", was="Cyklen", version=1, known=known)
    assert conflict.value.stored.text == "Bussen"
    assert stored(participant) == [("given", None, "Bussen", 2)]


def test_what_was_read_before_the_same_page_wrote_is_in_nobodys_way(participant, line):
    known = write(participant, line, "Cyk")
    write(participant, line, "Cykle", was="Cyk", version=1)
    now = write(participant, line, "Cyklen", was="Cyk", version=1, known=known)
    assert stored(participant) == [("given", None, "Cyklen", 3)]
    assert (now.text, now.version) == ("Cyklen", 3)


def test_what_was_read_before_it_was_deleted_is_written_anew(participant, line):
    known = write(participant, line, "Cyklen")
    participant.answers.all().delete()
    write(participant, line, "Toget", was="Cyklen", version=1, known=known)
    assert stored(participant) == [("given", None, "Toget", 1)]


def test_what_came_of_a_write_is_what_is_stored(participant, line, scale):
    assert write(participant, line, "") is None
    write(participant, scale, "4")
    now = write(participant, scale, UNKNOWN, was="4", version=1)
    again = participant.answers.get()
    assert (now.raw, now.state, now.value, now.version) == (again.raw, again.state, again.value, 2)


def test_answers_of_others_are_not_touched(participant, line, colleague):
    other = participant.reflection.participants.create(user=colleague)
    write(participant, line, "Cyklen")
    write(other, line, "Bussen", page=OTHERS)
    assert (stored(participant), stored(other)) == (
        [("given", None, "Cyklen", 1)],
        [("given", None, "Bussen", 1)],
    )


# --- At the same moment --------------------------------------------------------------------------


class Writer(threading.Thread):
    """A window that writes from a connection of its own."""

    def __init__(self, *args, **kwargs):
        super().__init__()
        self.args, self.kwargs = args, kwargs
        self.outcome = None

    def run(self):
        try:
            write(*self.args, **self.kwargs)
            self.outcome = "written"
        except ConflictError as conflict:
            self.outcome = conflict.stored.raw
        finally:
            connections.close_all()


def wait_until_somebody_waits():
    for _moment in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits for the lock")


@pytest.mark.usefixtures("committed")
def test_first_words_written_at_once_are_one_answer_and_one_conflict(participant, line):
    late = Writer(participant, line, "Bussen", page=OTHERS)
    with transaction.atomic():
        write(participant, line, "Cyklen")
        late.start()
        wait_until_somebody_waits()
    late.join()
    assert late.outcome == "Cyklen"
    assert stored(participant) == [("given", None, "Cyklen", 1)]


@pytest.mark.usefixtures("committed")
def test_two_changes_at_once_are_one_change_and_one_conflict(participant, line):
    write(participant, line, "Gå", page="c" * 22)
    late = Writer(participant, line, "Bussen", was="Gå", version=1, page=OTHERS)
    with transaction.atomic():
        write(participant, line, "Cyklen", was="Gå", version=1)
        late.start()
        wait_until_somebody_waits()
    late.join()
    assert late.outcome == "Cyklen"
    assert stored(participant) == [("given", None, "Cyklen", 2)]


@pytest.mark.usefixtures("committed")
def test_the_same_first_words_from_two_windows_at_once_are_no_conflict(participant, line):
    late = Writer(participant, line, "Cyklen", page=OTHERS)
    with transaction.atomic():
        write(participant, line, "Cyklen")
        late.start()
        wait_until_somebody_waits()
    late.join()
    assert late.outcome == "written"
    assert stored(participant) == [("given", None, "Cyklen", 1)]
