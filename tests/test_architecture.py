"""Rules about the code itself that no single change may break without anybody noticing."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import allauth
import django
import pytest
from django.apps import apps
from django.conf import settings
from django.urls import URLPattern, get_resolver

ROOT = settings.BASE_DIR

# Which apps an app may know about, from the lowest floor up. Everything else would be a circle.
MAY_KNOW = {
    "privacy": set(),
    "publishing": {"privacy"},
    "accounts": {"privacy", "publishing"},
    "compass": {"privacy", "publishing"},
    "reflection": {"privacy", "publishing", "accounts", "compass"},
    "goals": {"privacy", "publishing", "accounts", "compass", "reflection"},
    "collaboration": {"privacy", "publishing", "accounts", "compass", "reflection"},
}
MAY_KNOW["aarhuskompas"] = set(MAY_KNOW)  # wiring, above all of them
OURS = [app for app in MAY_KNOW if (ROOT / app).is_dir()]

# Pieces, so that this file does not hold what it looks for.
PACKAGE_INDEXES = [
    "".join(parts)
    for parts in [
        ("pypi", ".org"), ("python", "hosted.org"), ("npm", "js.org"), ("npm", "js.com"),
        ("jsdelivr", ".net"), ("unpkg", ".com"),
    ]
]  # fmt: skip
MADE = {".git", ".venv", "var", "node_modules", "__pycache__", ".ruff_cache", ".pytest_cache", ".hypothesis"}
NO_TEXT = {".mo", ".png", ".ico", ".woff2", ".mp3", ".pyc"}

# Names of things, not addresses that a browser fetches.
NAMESPACES = ("http://www.w3.org/", "http://www.sitemaps.org/schemas/")


def python_files(*folders) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def templates() -> list[Path]:
    folders = [ROOT / "templates", *(ROOT / app / "templates" for app in OURS)]
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def static_files() -> list[Path]:
    return [path for path in sorted((ROOT / "static").rglob("*")) if path.suffix in {".css", ".js", ".svg"}]


def committed_text() -> list[Path]:
    """Every text file of the repository, whether git knows it already or not."""
    files = (path for path in sorted(ROOT.rglob("*")) if not MADE & set(path.relative_to(ROOT).parts))
    return [path for path in files if path.suffix not in NO_TEXT and path.is_file()]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


# --- Imports -------------------------------------------------------------------------------------


# What names something of a floor above without importing it, and why it does so today.
KNOWN_TODAY = {
    "accounts/roles.py": ({"reflection"}, "emergency access is given by hand"),
    "publishing/models.py": ({"accounts"}, "a field is called as a model is"),
    "compass/admin/readiness.py": ({"goals"}, "a field of the record is called as a model is"),
    "compass/sitemaps.py": ({"goals"}, "goodbyes are a page without rows of its own"),
    "templates/compass/front.html": (
        {"goals", "collaboration"},
        "tells of both in its own words",
    ),
}


def apps_that_are_known(path: Path) -> set[str]:
    """By an import, or by a name in a string: of a module, a table in SQL, a page, or models in a list."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".sql":
        return tables_named_in(text)
    if path.suffix != ".py":
        return set().union(*map(named_by, re.findall(r"""["']([^"']+)["']""", text)))
    tree = ast.parse(text)
    texts = [text_of(node) for node in ast.walk(tree) if is_text(node) or isinstance(node, ast.JoinedStr)]
    lists = [node.elts for node in ast.walk(tree) if isinstance(node, ast.List | ast.Tuple | ast.Set)]
    by_name = [named_by(text) for text in texts]
    return imported_apps(tree).union(*by_name, *map(named_in_a_list, lists))


def is_text(node) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def text_of(node) -> str:
    """Of f"…" only what is written there."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(part.value for part in parts if is_text(part))


def imported_apps(tree) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found & set(MAY_KNOW)


def named_by(text: str) -> set[str]:
    """import_string("goals.guards.x"), "goals.Goal", "goals/_part.html", "goals:decision", and SQL."""
    is_whole = names_a_module(text) or names_a_model(text) or text in names_of_templates()
    whole = {re.split(r"[./]", text)[0]} & set(MAY_KNOW) if is_whole else set()
    page = pages().get(text, set()) if ":" in text else set()
    return whole | page | tables_named_in(text)


def names_a_module(text: str) -> bool:
    """A module of ours or something in one, as import_string is given it: «accounts.guards.may_upload»."""
    if not re.fullmatch(r"[a-z_]+(\.\w+)+", text):
        return False
    whole = ROOT.joinpath(*text.split("."))
    modules = [path for path in (whole, whole.parent) if path.parent != ROOT]
    return any(path.is_dir() or path.with_suffix(".py").is_file() for path in modules)


def names_a_model(text: str) -> bool:
    app, _dot, name = text.partition(".")
    return app in MAY_KNOW and name.lower() in apps.all_models[app]


def tables_named_in(text: str) -> set[str]:
    is_sql = re.search(r"\b(SELECT|INSERT|UPDATE|DELETE|FROM|JOIN|TABLE|TRIGGER)\b", text)
    return set(re.findall(rf"\b({'|'.join(MAY_KNOW)})_[a-z]", text)) if is_sql else set()


def named_in_a_list(elements) -> set[str]:
    """Names of pages without a namespace; and of models, where the list holds nothing else."""
    texts = [element.value for element in elements if is_text(element)]
    models = [models_by_name().get(text, set()) for text in texts]
    is_of_models = len(texts) == len(elements) and all(models)
    return set().union(*(pages().get(text, set()) for text in texts), *(models if is_of_models else []))


@cache
def models_by_name() -> dict[str, set[str]]:
    found = {}
    for model in apps.get_models():
        app = {model._meta.app_label} & set(MAY_KNOW)
        found.setdefault(model._meta.model_name, set()).update(app)
    return found


@cache
def pages() -> dict[str, set[str]]:
    """The apps whose views the name of a page may mean."""
    found = {}
    for name, view in named_views(get_resolver()):
        found.setdefault(name, set()).update({view.__module__.partition(".")[0]} & set(MAY_KNOW))
    return found


def named_views(resolver, namespace=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", pattern.callback
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from named_views(pattern, inner)


def test_imports_point_one_way():
    """A name in a string is an import too: what it names cannot be moved or left out either."""
    wrong = {
        relative(path): apps_that_are_known(path) - MAY_KNOW[app] - {app}
        for app in OURS
        for path in source_files(app)
    }
    found = {path: known for path, known in wrong.items() if known}
    assert found == {path: known for path, (known, _why) in KNOWN_TODAY.items()}


def source_files(app: str) -> list[Path]:
    pages = [path for path in templates() if app in path.relative_to(ROOT).parts[:2]]
    return [*python_files(app), *sorted((ROOT / app).rglob("*.sql")), *pages]


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ('import_string("goals.guards.goal_required")', {"goals"}),
        ('import_module("reflection.models")', {"reflection"}),
        ('{"goals.goal": "Mål"}', {"goals"}),
        ('permission = "collaboration.add_round"', set()),
        ('cursor.execute("SELECT FROM collaboration_round")', {"collaboration"}),
        ('cursor.execute(f"DELETE FROM {table} USING goals_goal")', {"goals"}),
        ('reverse("goals:decision")', {"goals"}),
        ('["compass:front", "goodbyes"]', {"compass", "goals"}),
        ('["story", "goodbye"]', {"compass", "goals"}),
        ('["story", "another word"]', set()),
        ('render(request, "goals/goal.html")', {"goals"}),
        ("def f():\n    from goals import models", {"goals"}),
        ('status = "goodbye"', set()),
    ],
)
def test_a_name_in_a_string_is_found(tmp_path, text, known):
    file = tmp_path / "module.py"
    file.write_text(text)
    assert apps_that_are_known(file) == known


@pytest.mark.parametrize("app", OURS)
def test_tables_point_the_same_way_as_imports(app):
    """Accounts are reached through settings.AUTH_USER_MODEL, which any app may use."""
    related = {
        field.related_model._meta.app_label
        for model in (apps.get_app_config(app).get_models() if apps.is_installed(app) else [])
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model
    }
    assert (related & set(MAY_KNOW)) - MAY_KNOW[app] <= {app, "accounts"}


def test_no_import_is_relative_or_takes_everything():
    for path in python_files(*OURS, "runner", "bench", "tools"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, relative(path)
                assert [alias.name for alias in node.names] != ["*"], relative(path)


def test_every_middleware_is_called_one():
    ours = [name for name in settings.MIDDLEWARE if name.partition(".")[0] in OURS]
    assert ours
    assert [name for name in ours if not name.endswith("Middleware")] == []


def test_no_module_is_a_drawer_for_everything():
    drawers = {"utils", "helpers", "common", "misc", "tools_misc", "services"}
    assert [relative(path) for path in python_files(*OURS) if path.stem in drawers] == []


# The apps whose names have been gone through; CONTRIBUTING.md says how things are called.
NAMED_WITH_CARE = ["reflection", "goals", "collaboration", "privacy"]
GERUNDS = {"joining"}  # the way into a room, which has no better noun
VAGUE = {"one", "told", "said", "place", "it"}


def test_modules_are_called_by_nouns():
    modules = [path for path in python_files(*NAMED_WITH_CARE) if path.stem.endswith("ing")]
    assert [relative(path) for path in modules if path.stem not in GERUNDS] == []


def names_given(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Variables and parameters, with their lines; what stands in a class is a column or a field."""
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    fields = {id(name) for body in bodies for node in body if is_assigned(node) for name in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in fields:
            yield node.lineno, node.id


def is_assigned(node) -> bool:
    return isinstance(node, ast.Assign | ast.AnnAssign)


def test_a_variable_carries_the_name_of_the_thing():
    """`participant`, `response`, `round`: never `one`, and a response is no `said`."""
    vague = [
        f"{relative(path)}:{line} {name}"
        for path in python_files(*NAMED_WITH_CARE)
        for line, name in names_given(ast.parse(path.read_text(encoding="utf-8")))
        if name in VAGUE and "migrations" not in path.parts
    ]
    assert vague == []


def test_functions_are_short():
    """style.md: a reader should see a function at once; thirty-five lines are the most."""
    long = []
    for path in python_files(*OURS):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = node.end_lineno - node.lineno + 1
                if lines > 35:
                    long.append(f"{relative(path)}: {node.name} has {lines} lines")
    assert long == []


# --- Templates -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", templates(), ids=relative)
def test_no_template_holds_script_or_style(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r'<script(?![^>]*(?:\bsrc=|type="application/json"))[^>]*>(?!\s*</script>)', text)
    assert not re.search(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=|\shx-on|javascript:", text, re.IGNORECASE)


LONGEST_TEMPLATE_LINE = 160


@pytest.mark.parametrize("path", templates(), ids=relative)
def test_a_line_of_a_template_can_be_read_at_once(path):
    """A text breaks in `{% blocktranslate trimmed %}`, a tag between attributes, a block around itself."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    is_mail = path.suffix == ".txt"  # where every break is seen
    assert is_mail or [number for number, line in lines if len(line) > LONGEST_TEMPLATE_LINE] == []


@pytest.mark.parametrize("path", templates(), ids=relative)
def test_a_form_in_a_part_is_handed_its_token(path):
    """`only` leaves it out, the form is sent without, and every post is refused."""
    parts = re.findall(r'{% include "([^"]+)"([^%]*) only %}', path.read_text(encoding="utf-8"))
    missing = [
        name
        for name, given in parts
        if "{% csrf_token %}" in (ROOT / "templates" / name).read_text(encoding="utf-8")
        and "csrf_token=csrf_token" not in given
    ]
    assert missing == []


@pytest.mark.parametrize("path", templates(), ids=relative)
def test_no_template_runs_what_it_is_given(path):
    """|safe and autoescape off are how typed text becomes script; |markdown sanitises.

    The help text of a field is code, and Django's own templates treat it so; plain text needs no escape.
    """
    text = path.read_text(encoding="utf-8").replace("help_text|safe", "")
    assert path.suffix == ".txt" or not re.search(r"\|\s*(safe|safeseq)\b|autoescape\s+off", text)


@cache
def names_of_templates() -> list[str]:
    roots = [ROOT / "templates", *(ROOT / app / "templates" for app in OURS)]
    return [
        str(path.relative_to(root)) for root in roots for path in sorted(root.rglob("*")) if path.is_file()
    ]


def replaces_one_of_a_library(name: str) -> bool:
    libraries = [Path(django.__file__).parent, Path(allauth.__file__).parent]
    return any(next(library.rglob(f"templates/{name}"), None) for library in libraries)


def is_asked_for_by_the_admin(name: str) -> bool:
    """admin/<app>/<model>/change_form.html takes the place of admin/change_form.html for that model."""
    folder, *place, file = name.split("/")
    is_model = len(place) == 2 and apps.is_installed(place[0]) and place[1] in apps.all_models[place[0]]
    return folder == "admin" and is_model and replaces_one_of_a_library(f"admin/{file}")


def is_named(name: str) -> bool:
    """In code or in another template; «page.html#part» names page.html too, and a sheet may begin with /.

    A mail is named without its two endings, as allauth sends it.
    """
    name = re.sub(r"_(subject|message)\.txt$", "", name)
    return bool(re.search(rf"""["']/?{re.escape(name)}(#[\w-]+)?["']""", code_and_templates()))


@cache
def code_and_templates() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in [*python_files(*OURS), *templates()])


@pytest.mark.parametrize("name", names_of_templates())
def test_every_template_is_used(name):
    assert is_named(name) or replaces_one_of_a_library(name) or is_asked_for_by_the_admin(name)


def test_every_script_and_every_picture_is_used():
    sources = "".join(
        path.read_text(encoding="utf-8") for path in [*templates(), *static_files(), *python_files(*OURS)]
    )
    scripts = [path for path in (ROOT / "static").rglob("*") if path.is_file()]
    assert [
        relative(path) for path in scripts if path.name not in sources and path.name != "portal.css"
    ] == []


def test_every_class_that_a_style_sheet_styles_is_used():
    """A rule for a class that no template has is a rule for a page that is gone."""
    css = "".join(path.read_text(encoding="utf-8") for path in static_files() if path.suffix == ".css")
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    styled = set(re.findall(r"\.(kompas-[\w-]+)", css))
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in [*templates(), *python_files(*OURS), *(p for p in static_files() if p.suffix == ".js")]
    )
    whole = set(re.findall(r"kompas-[\w-]+", sources))
    made = re.findall(r"(kompas-[\w-]*--)\{[{%]", sources)  # kompas-tag--{{ story.kind }}
    unused = [name for name in styled if name not in whole and not name.startswith(tuple(made))]
    assert sorted(unused) == []


def plain_selectors(css: str) -> set[str]:
    """Classes that stand alone before a brace: where a component says what it looks like."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    lists = re.findall(r"([^{}@;]+)\{", css)
    names = [name.strip() for text in lists for name in re.split(r",(?![^(]*\))", text)]
    alone = (re.fullmatch(r"\.(kompas-[\w-]+)", name) for name in names)
    return {match[1] for match in alone if match}


def test_a_component_is_styled_in_one_sheet():
    """Two things of one name overwrite each other's margins, and nobody sees why."""
    sheets = defaultdict(list)
    for path in sorted((ROOT / "static" / "css" / "components").glob("*.css")):
        for name in plain_selectors(path.read_text(encoding="utf-8")):
            sheets[name].append(path.name)
    assert {name: files for name, files in sheets.items() if len(files) > 1} == {}


# --- Other hosts ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*templates(), *static_files()], ids=relative)
def test_nothing_a_browser_gets_points_to_another_host(path):
    addresses = re.findall(
        r"""https?://[^\s"'<>)]+|(?<=["'(])//\w[^\s"'<>)]*""", path.read_text(encoding="utf-8")
    )
    assert [address for address in addresses if not address.startswith(NAMESPACES)] == []


def test_no_file_names_a_package_index():
    found = [
        f"{relative(path)}: {host}"
        for path in committed_text()
        for host in PACKAGE_INDEXES
        if host in path.read_text(encoding="utf-8", errors="ignore")
    ]
    assert found == []


def test_no_style_sheet_or_script_is_copied_from_somebody_else():
    """Libraries come from packages; what lies in static/ is ours."""
    for path in static_files():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"@license|\(c\) \d{4}|Copyright", text), relative(path)
        assert max(map(len, text.splitlines()), default=0) < 2000, relative(path)
