"""What stands in the way of an action."""

from collections.abc import Callable

import pytest

from core.db import db
from core.errors import BlockedError


def refused(action: Callable[[], object]) -> set[str]:
    """The codes of everything that blocks an action."""
    with pytest.raises(BlockedError) as caught:
        action()
    db.session.rollback()
    return {blocker.code for blocker in caught.value.blockers}
