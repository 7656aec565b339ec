"""WHO is asked: population, recruitment, members."""
