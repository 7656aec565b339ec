"""What is wrong with a file: every fault by line and column, a long list cut, all or nothing."""

from difflib import get_close_matches

from core.errors import RowError

MAX_FAULTS = 50
SHOWN = 60


class PlanRefusedError(Exception):
    """A plan that cannot be read or contradicts itself; `faults` are sentences, all of them at once."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class FileRefusedError(Exception):
    """A file with faults; `name` is the file, `errors` are the faults, `more` those beyond the first fifty."""

    def __init__(self, name: str, errors: list[RowError], more: int = 0) -> None:
        super().__init__(f"{name}: {len(errors) + more} faults")
        self.name = name
        self.errors = errors
        self.more = more


def refuse(name: str, errors: list[RowError], n_found: int | None = None) -> None:
    """Raise FileRefusedError when there are errors; `n_found` when more were found than are listed."""
    if errors:
        ordered = sorted(errors, key=lambda error: error.line)[:MAX_FAULTS]
        raise FileRefusedError(name, ordered, max(len(errors), n_found or 0) - len(ordered))


def refusal(name: str, line: int, message: str, column: str = "", value: str = "") -> FileRefusedError:
    """The refusal of a file for one fault."""
    return FileRefusedError(name, [RowError(line, column, value[:SHOWN], message)])


def suggestion(word: str, known: list[str]) -> str:
    """*; did you mean …?* for the nearest known word, or nothing."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def listed(words: list[str], most: int = 12) -> str:
    """The words in a row, a long row cut."""
    shown = ", ".join(words[:most])
    return f"{shown} and {len(words) - most} more" if len(words) > most else shown
