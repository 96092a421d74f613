"""What the database keeps true by itself; the current text of each rule is in compass/sql/."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.functions.comparison
from django.contrib.postgres.operations import CreateExtension, TrigramExtension
from django.db import migrations, models

from publishing.database_rules import content, follow, rule
from publishing.registry import Table


class Migration(migrations.Migration):
    dependencies = [
        ("compass", "0001_initial"),
        ("privacy", "0001_initial"),
        ("publishing", "0002_database_rules"),
    ]

    operations = [
        TrigramExtension(),
        CreateExtension("fuzzystrmatch"),
        rule("compass", "search_words"),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField()),
                ('owner_id', models.BigIntegerField()),
                ('address', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('language', models.TextField()),
                ('published_at', models.DateTimeField(null=True)),
                ('title', models.TextField()),
                ('title_language', models.TextField()),
                ('intro', models.TextField()),
                ('intro_language', models.TextField()),
                ('body', models.TextField()),
                ('body_language', models.TextField()),
                ('heading', models.GeneratedField(db_persist=True, expression=models.Func(models.Func(models.Func('title_language', 'title', function='search_vector', output_field=django.contrib.postgres.search.SearchVectorField()), models.Value('A'), function='setweight', output_field=django.contrib.postgres.search.SearchVectorField()), models.Func(models.Func('intro_language', 'intro', function='search_vector', output_field=django.contrib.postgres.search.SearchVectorField()), models.Value('B'), function='setweight', output_field=django.contrib.postgres.search.SearchVectorField()), arg_joiner=' || ', output_field=django.contrib.postgres.search.SearchVectorField(), template='%(expressions)s'), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('vector', models.GeneratedField(db_persist=True, expression=models.Func(models.Func(models.Func('title_language', 'title', function='search_vector', output_field=django.contrib.postgres.search.SearchVectorField()), models.Value('A'), function='setweight', output_field=django.contrib.postgres.search.SearchVectorField()), models.Func(models.Func('intro_language', 'intro', function='search_vector', output_field=django.contrib.postgres.search.SearchVectorField()), models.Value('B'), function='setweight', output_field=django.contrib.postgres.search.SearchVectorField()), models.Func('body_language', 'body', function='search_vector', output_field=django.contrib.postgres.search.SearchVectorField()), arg_joiner=' || ', output_field=django.contrib.postgres.search.SearchVectorField(), template='%(expressions)s'), output_field=django.contrib.postgres.search.SearchVectorField())),
            ],
            options={
                'db_table': 'compass_search_entry',
                'default_permissions': (),
                'indexes': [django.contrib.postgres.indexes.HashIndex(fields=['owner_id'], name='compass_search_entry_owner'), models.Index(models.F('language'), models.OrderBy(models.F('published_at'), descending=True, nulls_last=True), condition=models.Q(('kind', 'story'), ('language__in', ['da', 'en'])), name='newest_stories_in_the_search'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('kind', 'story')), fields=['heading'], name='headings_of_stories'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('kind', 'story')), fields=['vector'], name='vectors_of_stories'), django.contrib.postgres.indexes.GinIndex(condition=models.Q(('kind', 'story'), _negated=True), fields=['vector'], name='vectors_of_all_but_stories')],
            },
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('pk', models.CompositePrimaryKey('language', 'word', blank=True, editable=False, primary_key=True, serialize=False)),
                ('language', models.TextField()),
                ('word', models.TextField()),
                ('folded', models.TextField()),
                ('lexeme', models.TextField()),
            ],
            options={
                'db_table': 'compass_search_word',
                'default_permissions': (),
                'indexes': [models.Index(fields=['lexeme', 'language'], name='words_by_lexeme'), django.contrib.postgres.indexes.GinIndex(fields=['folded'], name='words_that_look_alike', opclasses=['gin_trgm_ops'])],
            },
        ),
        rule("compass", "search_storage"),
        rule("compass", "search_sources"),
        rule("compass", "search"),
        rule("compass", "content_marks"),
        content("compass"),
        # «Privatliv» shows what the municipality has decided and tells.
        follow(Table("privacy_retentionperiod", ("library",)), Table("privacy_privacynotice", ("library",))),
    ]
