"""Whether letters can be printed on this machine: WeasyPrint needs Pango, which comes from the system."""

from ctypes.util import find_library

PANGO = ("pango-1.0", "pangoft2-1.0")
INSTALL = "apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def missing_libraries() -> list[str]:
    """The system libraries that letters need and this machine lacks."""
    return [name for name in PANGO if find_library(name) is None]
