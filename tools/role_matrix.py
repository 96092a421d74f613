"""Who may do what in the admin, as a table: python -m tools.role_matrix writes docs/roles.md

It asks the admin's own rules on behalf of a person with one role. A test compares the file with what the
admin answers when somebody with the role knocks.
"""

import os
from pathlib import Path
from types import SimpleNamespace

import django

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "roles.md"
NO_ROLE = "medarbejder uden rolle"
YES, NO = "ja", "–"
ACTIONS = [
    "se", "tilføj", "ret", "slet", "historik", "offentliggør", "arkivér", "importér", "eksportér",
    "nødadgang",
]  # fmt: skip

HEAD = """# Hvem må hvad

Roller gives i redaktionen under *Brugere*. En person kan have flere roller. Tabellerne er lavet af reglerne i
koden (`python -m tools.role_matrix`). En prøve banker på hver dør med hver rolle og sammenligner svaret med
tabellen.

Ingen rolle kan se, hvad nogen har svaret i en refleksion. Nødadgang giver kun adgang til et rums
administration, og kun med en skriftlig grund, som bliver gemt.

- **ret** gælder det, der kan rettes: En udgave af et kompas, der er udgivet, kan kun læses.
- **offentliggør** dækker også at sende til gennemsyn, planlægge og trække tilbage. For et kompas er det at
  udgive en udgave.
- **arkivér** dækker også at hente frem igen. **historik** er at se tidligere udgaver. At gendanne dem kræver
  **ret**.
- **–** betyder, at døren er lukket, eller at den ikke findes for den slags indhold.
"""


class Person:
    """Somebody with one role, as the admin's rules see them."""

    is_active, is_staff, is_superuser, pk = True, True, False, 0

    def __init__(self, models: list[str]):
        self.permissions = {
            f"{model._meta.app_label}.{name}"
            for model in django.apps.apps.get_models()
            if model._meta.model_name in models
            for name in _permissions(model)
        }

    def has_perm(self, permission: str, obj=None) -> bool:
        return permission in self.permissions


def _permissions(model) -> list[str]:
    meta = model._meta
    return [
        *(f"{action}_{meta.model_name}" for action in meta.default_permissions),
        *(codename for codename, _ in meta.permissions),
    ]


def allowed(one, request) -> list[str]:
    """The actions that a ModelAdmin lets the person of the request take."""
    from compass.admin.spreadsheets import may_import

    views = one.has_view_permission(request)
    changes = one.has_change_permission(request)
    name = one.opts.model_name
    pages = {url.name for url in one.get_urls() if url.name}
    actions = {getattr(action, "__name__", action) for action in one.actions or []}
    has = {
        page for page in ["archive", "import", "publish"] if any(p.endswith(f"{name}_{page}") for p in pages)
    }
    answers = {
        "se": views,
        "tilføj": one.has_add_permission(request),
        "ret": changes,
        "slet": one.has_delete_permission(request),
        "historik": views,
        "offentliggør": changes and ("publish" in has or "publish" in actions),
        "arkivér": changes and "archive" in has,
        "importér": "import" in has and may_import(one, request),
        "eksportér": "import" in has and views,
        "nødadgang": name == "emergencyaccess" and views,
    }
    return [action for action in ACTIONS if answers[action]]


def matrix() -> dict[str, dict[str, list[str]]]:
    """Role → kind of content → what the role may do with it."""
    from django.contrib import admin

    from accounts.roles import ROLES, models_of

    found = {}
    for role in [*ROLES, NO_ROLE]:
        models = models_of(role) if role != NO_ROLE else []
        request = SimpleNamespace(user=Person(models), GET={}, POST={}, method="GET")
        found[role] = {label_of(model): allowed(one, request) for model, one in registered(admin.site)}
    return found


def registered(site) -> list[tuple]:
    return sorted(site._registry.items(), key=lambda pair: label_of(pair[0]))


def label_of(model) -> str:
    return str(model._meta.verbose_name_plural)


def document() -> str:
    parts = [HEAD]
    for role, rows in matrix().items():
        parts.append(f"\n## {role.capitalize()}\n")
        parts.append(f"| indhold | {' | '.join(ACTIONS)} |")
        parts.append(f"|---|{'---|' * len(ACTIONS)}")
        for label, actions in rows.items():
            cells = [YES if action in actions else NO for action in ACTIONS]
            parts.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(parts) + "\n"


def read(text: str) -> dict[str, dict[str, list[str]]]:
    """The matrix, out of the document."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in text.splitlines():
        if line.startswith("## "):
            rows = found.setdefault(line.removeprefix("## ").lower(), {})
        elif line.startswith("| ") and not line.startswith("| indhold"):
            label, *cells = [cell.strip() for cell in line.strip("|").split("|")]
            rows[label] = [action for action, cell in zip(ACTIONS, cells, strict=True) if cell == YES]
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aarhuskompas.settings")
    django.setup()
    DOCUMENT.write_text(document(), encoding="utf-8")
