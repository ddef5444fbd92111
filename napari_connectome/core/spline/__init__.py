"""Nonnegative spline regression (Harris et al. 2016): the problem, its solvers, its answers."""
