"""Population figures: what ships, what is imported, what counts, and where an address lies."""

from panel.services.population.addresses import DistrictFound, district_of
from panel.services.population.sets import choose, discard
from panel.services.population.shipped import Loaded, load_shipped

__all__ = ["DistrictFound", "Loaded", "choose", "discard", "district_of", "load_shipped"]
