"""The arithmetic of recruitment: letters, draws, selection, precision, attrition."""
