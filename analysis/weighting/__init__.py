"""Base weights made to speak for the population: margins, calibration, trimming, and what was refused."""
