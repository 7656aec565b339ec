"""WHAT CAME OF IT: weighting, results, publication and the mandatory answer."""
