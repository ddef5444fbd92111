"""Factor pairs of the low-rank spline model."""
