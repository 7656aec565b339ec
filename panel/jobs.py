"""What the worker does for the panel: letters and plans, and what the calendar asks."""

from core.jobs import every
from panel import draw_jobs, population_jobs, recruitment_jobs
from panel.services import joining, membership, one_time, recruitment, seats
from panel.upkeep import jobs as upkeep_jobs


def daily() -> None:
    """What the calendar asks every day; safe to repeat."""
    recruitment.destroy_due_samples()
    joining.erase_unfinished()


def hourly() -> None:
    """Seats left empty are filled, old requests and last addresses go."""
    seats.refill_all()
    one_time.delete_old()
    membership.delete_farewells()


every(3600, "panel.hourly", hourly)
every(6 * 3600, "panel.daily", daily)

__all__ = ["daily", "draw_jobs", "hourly", "population_jobs", "recruitment_jobs", "upkeep_jobs"]
