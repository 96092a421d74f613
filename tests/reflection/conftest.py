import pytest
from django.db import connection


@pytest.fixture
def committed(transactional_db):
    """What the test writes is seen by other connections; afterwards nothing of it is left.

    Django empties the tables of models; the search index, which the database fills itself, has none.
    """
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE compass_search_entry, compass_search_word")
