"""(P1) with W >= 0 and W in full: the minimum, and a bound that tells how near it is.

An augmented Lagrangian: entries below zero are drawn back by a spring and by a multiplier
Z >= 0 that grows until the spring is not needed. For a given Z the minimum over all W, signs
disregarded, is a matter of few conjugate gradients, because most of W is made of the
smoothest patterns of both lattices. Z is a point of the dual problem: every step has a bound.
"""
