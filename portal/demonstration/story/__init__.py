"""The story of the demonstration as data: who works there, what was decided, what was asked and when."""
