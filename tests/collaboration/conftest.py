import pytest

from tests.factories import make_collaboration, make_collaboration_guide


@pytest.fixture
def guide(db):
    """Samarbejdskompasset with two principles."""
    return make_collaboration_guide()


@pytest.fixture
def collaboration(guide, staff):
    """Malik's, between «Beboerne» and «Teknik og Miljø»."""
    return make_collaboration(owner=staff)
