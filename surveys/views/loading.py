"""Finding the thing of an address for who may see it; for others it does not exist."""

from core.errors import NotFoundError
from core.permissions import permitted
from surveys import queries_commission, queries_wave
from surveys.models.commission import Commission
from surveys.models.wave import Wave


def commission(public_id: str, permission: str = "commission.view") -> Commission:
    """The commission, or NotFoundError for who may not do this to it."""
    found = queries_commission.get_commission(public_id)
    if not permitted(permission, found):
        raise NotFoundError("commission")
    return found


def wave(public_id: str, permission: str = "wave.view") -> Wave:
    """The wave, or NotFoundError for who may not do this to it."""
    found = queries_wave.get_wave(public_id)
    if not permitted(permission, found):
        raise NotFoundError("wave")
    return found
