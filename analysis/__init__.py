"""The numbers: arrays in, frozen results out. Knows no framework, database, file or date."""
