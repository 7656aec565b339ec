"""What may be shown: thresholds, suppression, audit, rounding, k-anonymity."""
