"""Documentation that the code can contradict is compared with it."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from accounts.management.commands.demo_accounts import PEOPLE
from accounts.rate_limits import Device
from accounts.sessions import EMERGENCY_LASTS
from compass.pending_imports import KEPT_FOR
from goals.overview import MIN_COLLEAGUES
from privacy.models import AT_ONCE, Kept
from privacy.models.retention import LEAST_DAYS_OF_EVENTS, USUAL
from publishing.models import BINNED_KEPT, UNSAVED_KEPT
from publishing.views import DAYS as LINK_DAYS
from reflection.confidentiality import MIN_OUTSIDE
from reflection.forms.follow_up import DAYS
from reflection.models import MIN_IN_ROOM, EmergencyAccess
from reflection.participation import LASTS as PLACE_LASTS
from reflection.privacy.emergency_access import LeaderForm

ROOT = settings.BASE_DIR
OPERATIONS = ROOT / "docs" / "operations.md"
FOLDERS = [
    "aarhuskompas", "privacy", "publishing", "accounts", "compass", "reflection", "goals", "collaboration",
    "runner", "bench", "tools",
]  # fmt: skip
READERS = {"str", "int", "bool", "list", "path", "db", "email", "url", "float"}


def variables(path: Path) -> set[str]:
    """The environment variables that a Python file reads: env.str("X"), env_bool("X"), os.environ…"""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and _reads_environment(node.func):
            found.add(_text(node.args[0]))
        elif isinstance(node, ast.Subscript) and _is_environ(node.value):
            found.add(_text(node.slice))
        elif isinstance(node, ast.Compare) and _is_environ(node.comparators[0]):
            found.add(_text(node.left))
    return {name for name in found if name}


def _reads_environment(function) -> bool:
    if isinstance(function, ast.Name):
        return function.id.startswith("env_")
    if isinstance(function, ast.Attribute):
        is_env = isinstance(function.value, ast.Name) and function.value.id == "env"
        return (is_env and function.attr in READERS) or (
            _is_environ(function.value) and function.attr == "get"
        )
    return False


def _is_environ(node) -> bool:
    return ast.unparse(node) in {"os.environ", "environ"}


def _text(node) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def read_by_settings() -> set[str]:
    return variables(ROOT / "aarhuskompas" / "settings.py")


def read_anywhere() -> set[str]:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    in_make = set(re.findall(r"^(\w+) \?=", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    return in_make.union(*map(variables, files))


def documented() -> set[str]:
    """The names in the first column of the tables of docs/operations.md."""
    rows = re.findall(r"^\|([^|]*)\|", OPERATIONS.read_text(encoding="utf-8"), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([A-Z][A-Z_]{2,})`", row)}


def test_the_way_variables_are_found_finds_them():
    assert {
        "SECRET_KEY",
        "DATABASE_URL",
        "DEBUG",
        "SITE_URL",
        "EMAIL_URL",
        "STATIC_ROOT",
    } <= read_by_settings()
    assert {"PORT", "DEMO_PASSWORD", "WEB_CONCURRENCY"} <= read_anywhere()


def test_every_setting_is_documented():
    assert read_by_settings() - documented() == set()


def test_every_documented_setting_is_read():
    assert documented() - read_anywhere() == set()


def test_every_command_of_ours_is_documented():
    ours = [name for name, app in get_commands().items() if (ROOT / app.partition(".")[0]).is_dir()]
    text = OPERATIONS.read_text(encoding="utf-8")
    assert [name for name in ours if name not in text] == []


# --- README.md ------------------------------------------------------------------------------------


def test_the_readme_names_every_demo_account_and_every_target_of_make_it_promises():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`(\w+@example\.dk)`", readme))
    assert told == {email for email, _name, _role in PEOPLE}
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`(?:[A-Z_]+=\S+ )?make ([a-z-]+)", readme)) <= targets


def test_what_documents_point_to_is_there():
    files = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    led = [
        (file, target)
        for file in files
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8"))
    ]
    assert [(file.name, target) for file, target in led if not (file.parent / target).exists()] == []


# --- docs/policy/rules.md -------------------------------------------------------------------------


def rules() -> dict[str, str]:
    """What the tables of the policy say, by the name of what in the code carries it out."""
    text = (ROOT / "docs" / "policy" / "rules.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|[^|]*\| ([^|]*) \| `([\w.]+)`", text, re.MULTILINE)
    return {where: said for said, where in rows}


def in_the_code() -> dict[str, str]:
    hours = {
        "Kept.REHEARSALS": AT_ONCE[Kept.REHEARSALS],
        "compass.pending_imports.KEPT_FOR": KEPT_FOR,
        "SESSION_COOKIE_AGE": timedelta(seconds=settings.SESSION_COOKIE_AGE),
        "accounts.sessions.EMERGENCY_LASTS": timedelta(seconds=EMERGENCY_LASTS),
        "reflection.models.EmergencyAccess.LASTS": EmergencyAccess.LASTS,
        "reflection.privacy.emergency_access.LeaderForm.OWNER_GONE_FOR": LeaderForm.OWNER_GONE_FOR,
    }
    return {
        "reflection.models.MIN_IN_ROOM": f"{MIN_IN_ROOM}",
        "reflection.confidentiality.MIN_OUTSIDE": f"{MIN_OUTSIDE}",
        "goals.models.years.MIN_COLLEAGUES": f"{MIN_COLLEAGUES}",
        "PASSWORD_RESET_TIMEOUT": f"{settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60)} days",
        "privacy.models.retention.USUAL": f"{USUAL[Kept.OPEN_ROOMS].days} days",
        "privacy.models.retention.LEAST_DAYS_OF_EVENTS": f"{LEAST_DAYS_OF_EVENTS} days",
        "publishing.models.UNSAVED_KEPT": f"{UNSAVED_KEPT.days} days",
        "publishing.models.BINNED_KEPT": f"{BINNED_KEPT.days} days",
        "reflection.forms.follow_up.DAYS": f"{DAYS} days",
        "reflection.participation.LASTS": f"{PLACE_LASTS.days} days",
        "accounts.rate_limits.Device.DAYS": f"{Device.DAYS} days",
        **{where: f"{time / timedelta(hours=1):g} hour" for where, time in hours.items()},
    }


def test_the_policy_says_what_the_code_does():
    said = {where: re.match(r"\d+( days| hour)?", words) for where, words in rules().items()}
    assert {where: number[0] for where, number in said.items() if number} == in_the_code()


def test_no_threshold_is_lower_than_promised():
    assert MIN_IN_ROOM >= 3
    assert min(MIN_OUTSIDE, MIN_COLLEAGUES) >= 5


# --- Links, and names of files and commands --------------------------------------------------------


def test_the_editors_manual_says_the_limits_that_the_code_holds():
    manual = " ".join((ROOT / "docs" / "editing.md").read_text().split())
    limits = [settings.PICTURE_MAX_BYTES, settings.ATTACHMENT_MAX_BYTES, settings.SOUND_MAX_BYTES]
    said = [f"højst {most // 1_000_000} MB" for most in limits]
    said += [f"højst have {settings.IMPORT_MAX_ROWS:,} rækker".replace(",", ".")]
    said += [f"ligger {BINNED_KEPT.days} dage i *Papirkurven*", f"gælder i {LINK_DAYS} dage"]
    said += [f"højst {settings.UPLOAD_MAX_BYTES // 1_000_000} MB på én gang"]
    assert [words for words in said if words not in manual] == []


def documents() -> list[Path]:
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_to_one(path):
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)\s#]+)", text)
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_every_document_that_code_points_to_is_there():
    code = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    named = {
        name
        for path in [*code, ROOT / "Makefile", ROOT / "pyproject.toml"]
        for name in re.findall(r"docs/[\w./-]+\.md", path.read_text(encoding="utf-8"))
    }
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_every_make_command_that_a_document_names_is_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z -]*):", makefile, re.MULTILINE))
    known = {word for target in targets for word in target.split()}
    named = {
        name
        for path in documents()
        for name in re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z-]+)", path.read_text(encoding="utf-8"))
    }
    assert named <= known


# --- «Where would I change …?» ---------------------------------------------------------------------------

CHANGES = [
    line
    for line in (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and "`" in line
]
IS_PATH = re.compile(r"[\w.*-]+(/[\w.*-]+)+/?|[\w-]+/")


@pytest.mark.parametrize("line", CHANGES, ids=lambda line: line.split("|")[1].strip())
def test_what_a_change_touches_is_there(line):
    """The files of a row of docs/architecture.md exist, and what it calls by name stands in one of them."""
    told = [word for word in re.findall(r"`([^`]+)`", line) if "<" not in word]
    paths = {word for word in told if IS_PATH.fullmatch(word)}
    files = {word: [path for path in ROOT.glob(word) if ".venv" not in path.parts] for word in paths}
    assert [word for word, found in files.items() if not found] == []
    text = "\n".join(
        path.read_text(encoding="utf-8") for found in files.values() for path in found if path.is_file()
    )
    names = {word for word in told if re.fullmatch(r"_?[A-Za-z][A-Za-z_]{2,}", word)}
    assert {name for name in names if text and name not in text} == set()


def test_every_requirement_of_the_standard_has_a_test_or_a_reason():
    """253 of levels 1 and 2, in order and once each (OWASP ASVS 5.0.0)."""
    text = (ROOT / "docs/security/asvs.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| (\d+)\.(\d+)\.(\d+) \| (\d) \| (\w+) \| (.*) \| (?:`(.*)`)? \|$", text, re.MULTILINE
    )
    numbers = [tuple(map(int, row[:3])) for row in rows]
    assert numbers == sorted(set(numbers))
    assert (len(rows), [row[3] for row in rows].count("1")) == (253, 70)
    assert {row[4] for row in rows} == {"yes", "partly", "no", "house", "none"}
    without = [row for row in rows if not (row[5] if row[4] != "yes" else row[5] or row[6])]
    assert without == []
    assert [row[6] for row in rows if row[6] and not (ROOT / row[6]).is_file()] == []
