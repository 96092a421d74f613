"""Make the twin's table anew from the portal's stories: python -m bench.twin.fill"""

import os

import psycopg

# Path, department, themes and sources stand in the row itself, so that a page needs no join.
FILL = """
CREATE TABLE twin_article AS
SELECT story.id, story.slug, story.kind, story.title, story.standfirst, story.body, story.talk, story.year,
    story.outcome, story.published_at, story.updated_at, path.slug AS path_slug, path.title AS path_title,
    path.verb, path.position, coalesce(department.slug, '') AS department_slug,
    coalesce(department.title, '') AS department,
    to_tsvector('danish', concat_ws(' ', story.title, story.standfirst, story.body)) AS search
FROM compass_story story
JOIN compass_path path ON path.id = story.path_id
LEFT JOIN compass_department department ON department.id = story.department_id
WHERE story.published_at IS NOT NULL;
ALTER TABLE twin_article ADD PRIMARY KEY (id);
CREATE UNIQUE INDEX ON twin_article (slug);
CREATE INDEX ON twin_article (published_at DESC, id DESC);
CREATE INDEX ON twin_article (path_slug, kind);
CREATE INDEX ON twin_article USING gin (search);
ANALYZE twin_article;
"""


if __name__ == "__main__":
    with psycopg.connect(dbname=os.environ["DATABASE_URL"].rpartition("/")[2]) as connection:
        connection.execute("DROP TABLE IF EXISTS twin_article")
        connection.execute(FILL)
