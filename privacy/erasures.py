"""What people had erased stays erased, also when a backup from before is put back.

Each erasure is a row here and a line outside the database, in ERASURES_FILE and in the log: what it was and
its key, and no name. A line without a row was erased after the backup was made, and is erased again.

A model with `erased_by` is one whose rows are somebody's: the field, or the path to it, that no other has.
Where deleting takes more than `delete`, the model has a method `erase`.
"""

import json
import logging
import os
from functools import partial
from pathlib import Path
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models.signals import post_delete

from privacy.models import Erasure

logger = logging.getLogger(__name__)


def watch() -> None:
    """Note each row that goes, of every such model whose rows are known by a field of their own."""
    for model in apps.get_models():
        if "__" not in getattr(model, "erased_by", "__"):
            post_delete.connect(_note_row, sender=model, dispatch_uid=f"erasure-{model._meta.label}")


def _note_row(sender, instance, **kwargs):
    note(sender, getattr(instance, sender.erased_by))


def note(model: type[models.Model], key: UUID) -> None:
    """All of the model that has this key is erased, if this transaction is not undone."""
    erasure = Erasure.objects.create()
    line = {"erasure": str(erasure.key), "what": model._meta.label_lower, "key": str(key)}
    transaction.on_commit(partial(_write, line), robust=True)


def _write(line: dict[str, str]) -> None:
    logger.info("erased", extra={"fields": line})
    try:
        file = os.open(settings.ERASURES_FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o660)
        # In one write, so that lines of two processes stay whole; and on a line of its own, also where a full
        # disk has cut the one before.
        os.write(file, f"\n{json.dumps(line)}\n".encode())
        os.close(file)
    except OSError:
        logger.exception("an erasure is in the log alone: ERASURES_FILE cannot be written")


def erase_again() -> int:
    """Erase what is listed and unknown here; returns how many lines that were."""
    listed = {line["erasure"]: line for line in _lines(Path(settings.ERASURES_FILE))}
    known = {str(key) for key in Erasure.objects.filter(pk__in=listed).values_list("pk", flat=True)}
    missing = [line for key, line in listed.items() if key not in known]
    for line in missing:
        _erase(line)
    return len(missing)


def _lines(path: Path) -> list[dict]:
    """Whole ones: what a full disk has cut is in the log, and stops no start."""
    texts = path.read_text().splitlines() if path.exists() else []
    return [json.loads(text) for text in texts if text.startswith("{") and text.endswith("}")]


@transaction.atomic
def _erase(line: dict[str, str]) -> None:
    model = apps.get_model(line["what"])
    for row in model._base_manager.filter(**{model.erased_by: line["key"]}):
        getattr(row, "erase", row.delete)()
    Erasure.objects.create(pk=line["erasure"])
