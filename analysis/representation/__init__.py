"""How well a group mirrors the population: composition, R-indicators, outcome rates."""
