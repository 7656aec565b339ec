"""Which page of a list is shown: one rule for every list."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Paging:
    """A list of `total` rows, `size` on a page; who asks for a page that is not there gets the nearest one."""

    total: int
    size: int
    wanted: int = 1

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def number(self) -> int:
        """The page that is shown, from 1."""
        return min(max(1, self.wanted), self.pages)

    @property
    def offset(self) -> int:
        """How many rows stand on the pages before."""
        return (self.number - 1) * self.size
