"""A refusal as sentences for the terminal."""

from analysis.errors import AnalysisError
from core.errors import RowError
from feedback.analyst.faults import FileRefusedError, PlanRefusedError
from feedback.analyst.refusals import explain

REFUSALS = (AnalysisError,)
NOTHING = "Nothing was written."


def tell(error: Exception) -> str:
    """What is wrong, and where, one thing per paragraph."""
    if isinstance(error, FileRefusedError):
        more = [f"... and {error.more} more faults; mend these first"] if error.more else []
        return "\n".join([f"{error.name} is refused.", *(_place(fault) for fault in error.errors), *more, NOTHING])
    if isinstance(error, PlanRefusedError):
        return "\n".join(["the plan is refused.", *error.faults, NOTHING])
    if isinstance(error, AnalysisError):
        return "\n\n".join(["the numbers refuse.", *explain(error), NOTHING])
    return str(error)


def _place(fault: RowError) -> str:
    parts = [f"line {fault.line}"] if fault.line else []
    parts += [f"column {fault.column}"] if fault.column else []
    parts += [repr(fault.value)] if fault.value else []
    where = ", ".join(parts)
    return f"{where}: {fault.message}" if where else fault.message
