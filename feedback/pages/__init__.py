"""Result documents made ready for a page or a file: rows of charts and tables, in Dutch words."""
