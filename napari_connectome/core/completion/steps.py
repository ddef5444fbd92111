"""How long the solver's steps are: short, middle and long in turn.

Douglas-Rachford splitting converges with every step length, but a short step settles the matrix
quickly and the dual of large components slowly, and a long one the other way round. Heavy tails
need both, so lengths alternate about a centre that moves to the side that is behind; the
spread shrinks from turn to turn, and what remains is the plain method with its convergence.
"""

from __future__ import annotations

TURN = (0.15, 0.8, 4.0)
"""Lengths in parts of the centre, one after the other."""
SHRINK = 0.95
"""What a turn leaves of the spread, in the logarithm."""
SOON, LATER = 20, 60
"""Iterations of one length: in the first turns, and where more than those are necessary."""
EARLY_TURNS = 4
MOVE, BEHIND = 1.25, 3.0
"""By how much the centre moves, when one part of the gap is so many times the other."""


class StepLengths:
    """Gives one length after the other.

    Parameters
    ----------
    centre : float
        About which they alternate, in the unit of singular values.
    warm : bool
        Whether the solution is near: the middle length is the first, not the short one.
    """

    def __init__(self, centre: float, *, warm: bool = False) -> None:
        self.centre = centre
        self._number = int(warm)

    @property
    def current(self) -> float:
        """Length to take now."""
        turn, place = divmod(self._number, len(TURN))
        return float(self.centre * TURN[place] ** (SHRINK**turn))

    @property
    def iterations(self) -> int:
        """How many to take with it."""
        return SOON if self._number < EARLY_TURNS * len(TURN) else LATER

    def advance(self, of_matrix: float, of_dual: float) -> None:
        """Go on to the next one.

        Parameters
        ----------
        of_matrix, of_dual : float
            What matrix and dual have to do with the gap that is left.
        """
        self._number += 1
        if self._number % len(TURN):
            return
        if of_matrix > BEHIND * of_dual:
            self.centre /= MOVE
        elif of_dual > BEHIND * of_matrix:
            self.centre *= MOVE
