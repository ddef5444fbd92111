"""Missing entries of a matrix filled in by nuclear-norm minimisation, and its rivals."""
