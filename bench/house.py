"""The counts of how the house is built, to compare with an earlier day: `python -m bench.house`.

The triggers, functions and tables are read from the database of DATABASE_URL; without one they are left out.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import django
from django.apps import apps
from django.db import DatabaseError, connection

ROOT = Path(__file__).resolve().parent.parent
INFRASTRUCTURE = ["publishing", "aarhuskompas", "runner"]
APPS = [*INFRASTRUCTURE, "privacy", "accounts", "compass", "reflection", "goals", "collaboration"]
LONGEST_TEMPLATE_LINE = 160
REMEMBERS = {
    "dict",
    "defaultdict",
    "OrderedDict",
    "WeakKeyDictionary",
    "WeakValueDictionary",
    "WeakSet",
    "set",
}


def main():
    django.setup()
    for what, count in counts():
        print(f"{what:<62} {count}")


def counts() -> Iterator[tuple[str, str]]:
    yield "infrastructure of our own, lines", share(lines(*INFRASTRUCTURE), lines(*APPS))
    stores = [*stores_in_memory()]
    yield "stores and registers in memory", f"{len(stores)}: {', '.join(stores)}"
    yield from in_the_database()
    yield "own classes above StoryAdmin", f"{len(above_story_admin())}"
    functions = [node for _path, node in functions_of(APPS)]
    once = sum(count == 1 for count in private_helpers().values())
    yield "private helpers used once, of all functions", share(once, len(functions))
    yield f"template lines over {LONGEST_TEMPLATE_LINE}", f"{len(long_template_lines())}"
    annotated = sum(node.returns is not None for node in functions)
    yield "functions with a return type", share(annotated, len(functions))
    giving = [node for node in functions if gives_something(node) and not is_known(node)]
    typed = sum(node.returns is not None for node in giving)
    yield "of those that give what the language or Django does not say", share(typed, len(giving))


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.0%})"


def modules(*packages: str) -> list[Path]:
    found = [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def lines(*packages: str) -> int:
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*packages))


def trees(packages) -> Iterator[tuple[Path, ast.Module]]:
    for path in modules(*packages):
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def functions_of(packages) -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path, tree in trees(packages):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def gives_something(node: ast.AST) -> bool:
    """Whether a function returns or yields a value itself, and not only one within it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue
        if isinstance(child, ast.Yield | ast.YieldFrom) or gives_something(child):
            return True
        if isinstance(child, ast.Return) and child.value is not None:
            return True
    return False


def is_known(node: ast.FunctionDef) -> bool:
    """What pages, a guard's inside and hooks of the admin give Django says; what `__str__` gives, Python."""
    return node.name.startswith("__") or "request" in [argument.arg for argument in node.args.args[:2]]


def stores_in_memory() -> Iterator[str]:
    """What a process fills as it runs: empty containers of a module, and functions that remember."""
    for path, tree in trees(APPS):
        where = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        for node in tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and is_empty_container(node.value):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                yield f"{where}.{ast.unparse(target)}"
            elif isinstance(node, ast.FunctionDef) and any(map(remembers, node.decorator_list)):
                yield f"{where}.{node.name}()"
            elif isinstance(node, ast.ClassDef) and node.name == "_Kept":
                yield f"{where}.{node.name}"


def is_empty_container(value: ast.expr | None) -> bool:
    if isinstance(value, ast.Dict | ast.List):
        return not ast.dump(value).count("Constant") and not getattr(
            value, "keys", getattr(value, "elts", [])
        )
    return (
        isinstance(value, ast.Call)
        and ast.unparse(value.func).split(".")[-1] in REMEMBERS
        and not value.args[1:]
    )


def remembers(decorator: ast.expr) -> bool:
    return bool(re.search(r"\b(lru_cache|cache)\b", ast.unparse(decorator)))


def in_the_database() -> Iterator[tuple[str, str]]:
    own = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} | {
        "django_migrations"
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal")
            yield "triggers", f"{cursor.fetchone()[0]}"
            cursor.execute(
                "SELECT count(*) FROM pg_proc p WHERE pronamespace = 'public'::regnamespace AND NOT EXISTS"
                " (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
            )
            yield "SQL functions", f"{cursor.fetchone()[0]}"
            strangers = sorted(set(connection.introspection.table_names(cursor)) - own)
            yield "tables without a model", f"{len(strangers)}: {', '.join(strangers)}"
    except DatabaseError as why:
        yield "triggers, SQL functions, tables without a model", f"no database ({type(why).__name__})"


def above_story_admin() -> list[type]:
    from compass.admin.stories import StoryAdmin

    return [cls for cls in StoryAdmin.__mro__[1:] if cls.__module__.split(".")[0] in APPS]


def private_helpers() -> dict[str, int]:
    """How often each private function is named besides where it is defined.

    What overrides a library's method is none: the library calls it, and its name stands once, in `super()`.
    """
    defined = {
        node.name
        for _path, node in functions_of(APPS)
        if node.name.startswith("_")
        and not node.name.startswith("__")
        and f"super().{node.name}(" not in ast.unparse(node)
    }
    text = "\n".join(path.read_text(encoding="utf-8") for path in modules(*APPS))
    named = Counter(re.findall(r"(?<!def )\b_\w+", text))
    return {name: named[name] for name in defined}


def long_template_lines() -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in [ROOT / "templates", *(ROOT / app / "templates" for app in APPS)]
        for path in sorted(folder.rglob("*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > LONGEST_TEMPLATE_LINE
    ]


if __name__ == "__main__":
    main()
