"""The compasses' first versions, read out of guides/*.yaml and published.

What only a municipality can say of a compass that all have – where it comes from there, and what is to be
read beside each step – stands in guides.yaml of its set.
"""

from itertools import zip_longest
from pathlib import Path

from compass.content import Kind, items_of, load_items, read_items
from compass.models import Dilemma, LoadedContent, Story
from reflection.compass_files import FORMAT, from_file
from reflection.models import Guide, GuideVersion, Prompt

OF_THE_VERSION = [
    "intro", "intro_en", "provenance", "provenance_note", "provenance_note_en",
    "minutes_solo", "minutes_group", "for_whom", "for_whom_en", "for_one", "together", "guesses", "ending",
]  # fmt: skip
OF_THE_SCALE = [  # of a statement; what stands once under `scale` is for all of them
    "low", "low_en", "second", "second_en", "third", "third_en", "fourth", "fourth_en", "high", "high_en",
]  # fmt: skip
OF_THE_STEP = ["title", "title_en", "purpose", "purpose_en", "help", "help_en", "good", "good_en"]


def load_guides(folder: Path) -> int:
    """Make and publish version 1 of each guide that has never been here; returns how many."""
    own = next(iter(read_items(folder / "guides.yaml")), {})
    guides = []
    for guide in items_of(GUIDES, folder):
        changed = own.get(guide["slug"], {})  # as the municipality has it
        pairs = zip_longest(guide["steps"], changed.get("steps", []), fillvalue={})
        guides.append(guide | changed | {"steps": [step | more for step, more in pairs]})
    return load_items(GUIDES, guides)


def make_guide(position: int, content: dict) -> Guide:
    if content.get("format") == FORMAT:
        return _of_file(content)
    named = {name: content[name] for name in ["slug", "title", "title_en", "standfirst", "standfirst_en"]}
    guide = Guide.objects.create(**named)
    version = guide.versions.create(number=1, texts=own_texts(content), **_only(content, OF_THE_VERSION))
    for number, step in enumerate(content["steps"], start=1):
        _make_step(version, number, {**content.get("scale", {}), **step})
    for number, line in enumerate(content.get("end_lines", []), start=1):
        version.end_lines.create(position=number, **line)
    version.publish()
    return guide


def _of_file(content: dict) -> Guide:
    """As it may be imported (compass_files.py), and what the municipality has to be read beside its steps."""
    beside = {"dilemmas", "stories"}
    steps = [{name: step[name] for name in step.keys() - beside} for step in content["steps"]]
    version = from_file({**content, "steps": steps})
    for step, entry in zip(version.steps.all(), content["steps"], strict=True):
        _read_beside(step, entry)
    version.publish()
    return version.guide


GUIDES = Kind(Guide, "guides", "slug", make_guide)


def _only(content: dict, names: list[str]) -> dict:
    return {name: content[name] for name in names if name in content}


def own_texts(content: dict) -> dict:
    """What only one compass says, by key: the exercise, its rules, the words of a result, and what whoever
    leads says aloud.
    """
    texts = {}
    for key, field in [("exercise", "exercise_intro"), ("one-sided", "one_sided_text")]:
        if field in content:
            texts[key] = _both(content, field)
    for number, rule in enumerate(content.get("rules", []), start=1):
        texts[f"rule-{number}"] = _both(rule, "text")
    for result in content.get("blindspot_texts", []):
        texts[f"{result['key']}-title"] = _both(result, "title")
        texts[f"{result['key']}-text"] = _both(result, "text")
    for stage, entry in content.get("leading", {}).items():
        texts[f"say-{stage}"] = _both(entry, "say")
        texts[f"minutes-{stage}"] = dict.fromkeys(["da", "en"], str(entry["minutes"]))
    return texts


def _both(content: dict, field: str) -> dict:
    return {"da": content[field], "en": content.get(f"{field}_en", "")}


def _make_step(version: GuideVersion, position: int, content: dict):
    step = version.steps.create(
        position=position, topic=content.get("topic", ""), **_only(content, OF_THE_STEP)
    )
    _read_beside(step, content)
    for variant in content["variants"]:
        step.variants.create(**variant)
    for number, prompt in enumerate(_prompts(content), start=1):
        step.prompts.create(position=number, **prompt)


def _read_beside(step, content: dict):
    rows = LoadedContent.objects.rows
    step.dilemmas.set(rows(Dilemma, "dilemmas.yaml", content.get("dilemmas", [])))
    step.stories.set(rows(Story, "stories", content.get("stories", [])))


def _prompts(content: dict) -> list[dict]:
    """The questions to think about, then what is answered: the statement and the line."""
    questions = [{"kind": Prompt.Kind.QUESTION, **question} for question in content["questions"]]
    statement = {
        "kind": Prompt.Kind.SCALE,
        "text": content["statement"],
        "text_en": content["statement_en"],
        **{name: content[name] for name in OF_THE_SCALE if name in content},
    }
    line = {"kind": Prompt.Kind.LINE, "text": content["line"], "text_en": content["line_en"]}
    return [*questions, statement, line]
