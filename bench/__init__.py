"""What we are, measured against the floor in the same run. Quote the ratios, not the absolute figures."""
