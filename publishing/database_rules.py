"""What the database itself keeps true, as operations of migrations.

rule("compass", "search")        compass/sql/search.sql: the current text of functions and triggers
content("compass")               of every declared content type (publishing/registry.py): a change is noticed,
                                 and found by the search
follow(Table("compass_note", …)) the same of one table

A rule is changed in its file, and a migration with the same rule(…) brings it to databases that are there:
docs/decisions/0021-rules-in-the-database.md.
"""

from pathlib import Path

from django.apps import apps
from django.db.migrations import RunSQL

from publishing.registry import ContentType, Search, Table, column_to, content_types

# A file may name a column that a later migration makes: a function is read when it is called.
UNREAD = "SET LOCAL check_function_bodies = off;\n"
PARAGRAPH = r"E'\n\n'"


def rule(app: str, name: str) -> RunSQL:
    path = Path(apps.get_app_config(app).path, "sql", f"{name}.sql")
    return RunSQL(UNREAD + path.read_text(encoding="utf-8"), RunSQL.noop)


def content(app: str) -> RunSQL:
    """Tables that a later migration makes are left to that one, which says content(…) again."""
    found = content_types(app)
    statements = [UNREAD]
    statements += [source(one, search) for one in found for search in one.search if not search.is_written]
    statements += [_where_it_is(table) for one in found for table in one.tables()]
    statements += [_english_behind(one) for one in found if one.is_dated and one.translated]
    return RunSQL("".join(statements), RunSQL.noop)


def follow(*tables: Table) -> RunSQL:
    return RunSQL("".join(triggers(table) for table in tables), RunSQL.noop)


def triggers(table: Table) -> str:
    """Every change moves the marks (compass/sql/content_marks.sql) and writes what the search finds of the
    kinds (compass/sql/search.sql)."""
    marks = table.marks[:1] if table.indexed else table.marks
    moved = _quoted(" ".join(marks), *table.kinds)
    written = f"""
        CREATE OR REPLACE TRIGGER content_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table.name}
            FOR EACH STATEMENT EXECUTE FUNCTION content_changed({moved});
    """
    if table.indexed:
        others = _quoted(" ".join(table.marks[1:]))
        was, becomes = (", ".join(f"{row}.{name}" for name in table.indexed) for row in ("OLD", "NEW"))
        written += f"""
        CREATE OR REPLACE TRIGGER index_changed AFTER INSERT OR DELETE OR TRUNCATE ON {table.name}
            FOR EACH STATEMENT EXECUTE FUNCTION content_changed({others});
        CREATE OR REPLACE TRIGGER indexed_changed AFTER UPDATE ON {table.name} FOR EACH ROW
            WHEN (({was}) IS DISTINCT FROM ({becomes})) EXECUTE FUNCTION content_changed({others});
    """
    if table.kinds:
        written += f"""
        CREATE OR REPLACE TRIGGER search_write AFTER INSERT OR UPDATE OR DELETE ON {table.name}
            FOR EACH ROW EXECUTE FUNCTION search_write({_quoted(table.owner, *table.kinds)});
    """
    return written


def _where_it_is(table: Table) -> str:
    """With all its columns, where a trigger names them."""
    names = ",".join(table.indexed)
    columns = f"information_schema.columns WHERE table_name = '{table.name}'"
    return f"""
        DO $do$ BEGIN IF to_regclass('{table.name}') IS NOT NULL
            AND (SELECT count(*) FROM {columns} AND column_name = ANY ('{{{names}}}')) = {len(table.indexed)}
        THEN {triggers(table)} END IF; END $do$;
    """  # noqa: S608 – our own names


def _english_behind(content_type: ContentType) -> str:
    """publishing/sql/english_behind.sql, where the column is there already."""
    table = content_type.model._meta.db_table
    columns = f"information_schema.columns WHERE table_name = '{table}'"
    return f"""
        DO $do$ BEGIN IF EXISTS (SELECT FROM {columns} AND column_name = 'english_behind') THEN
            CREATE OR REPLACE TRIGGER english_behind BEFORE UPDATE ON {table}
                FOR EACH ROW EXECUTE FUNCTION english_behind({_quoted(*sorted(content_type.translated))});
        END IF; END $do$;
    """


def _quoted(*words: str) -> str:
    return ", ".join(f"'{word}'" for word in words)


# --- What is searched ------------------------------------------------------------------------------


def source(content_type: ContentType, search: Search) -> str:
    """The function that says of some ids what is searched: docs/decisions/0006-search.md.

    A function and not a view: a view would forbid every change of the columns it reads.
    """
    table = content_type.model._meta.db_table
    published = "published_at" if content_type.is_dated else "timestamptz '-infinity'"
    parts = [_texts_of(part, content_type.model) for part in content_type.parts]
    texts = [f"part_{number}.texts" for number in range(len(parts))]
    body, body_en = _joined(PARAGRAPH, search.body, texts, needed=search.body[:1])
    intro, intro_en = _joined("' '", search.intro, [], needed=search.intro)
    beside = "".join(f", LATERAL ({part}) AS part_{number}" for number, part in enumerate(parts))
    # The names are those of our own models and columns.
    return f"""
CREATE OR REPLACE FUNCTION search_source_{search.kind or content_type.name}(ids bigint[])
RETURNS SETOF search_source LANGUAGE sql STABLE AS $$
    SELECT content.id AS owner_id, ARRAY[content.{search.address}] AS address, {published} AS published_at,
        content.{search.title} AS title, content.{search.title}_en AS title_en,
        {intro} AS intro, {intro_en} AS intro_en,
        {body} AS body, {body_en} AS body_en
    FROM {table} AS content{beside}
    WHERE content.id = ANY (ids)
$$;
"""  # noqa: S608


def _joined(between: str, names: tuple[str, ...], more: list[str], *, needed) -> tuple[str, str]:
    """The columns as one text, in both languages; English only where all that is needed is translated."""
    if not names:
        return "''", "''"
    if len(names) == 1 and not more:
        return f"content.{names[0]}", f"content.{names[0]}_en"
    danish = ", ".join([*(f"content.{name}" for name in names), *more])
    columns = [*(f"content.{name}_en" for name in names), *(f"{texts}_en" for texts in more)]
    english = ", ".join(columns)
    missing = " ".join(f"WHEN content.{name}_en THEN ''" for name in needed)
    return (
        f"concat_ws({between}, {danish})",
        f"CASE '' {missing} ELSE concat_ws({between}, {english}) END",
    )


def _texts_of(part, model) -> str:
    def together(ending: str) -> str:
        both = f"concat_ws({PARAGRAPH}, title{ending}, text{ending})"
        return f"string_agg({both}, {PARAGRAPH} ORDER BY position) AS texts{ending}"

    owner = column_to(part, model)
    texts = f"{together('')}, {together('_en')}"
    return f"SELECT {texts} FROM {part._meta.db_table} WHERE {owner} = content.id"  # noqa: S608
