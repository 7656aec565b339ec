"""The world that the tests of this folder walk through."""

from types import SimpleNamespace

import pytest

from tests.integration.security import world as worlds


@pytest.fixture
def world(make: SimpleNamespace) -> worlds.World:
    """One of everything."""
    return worlds.build(make)
