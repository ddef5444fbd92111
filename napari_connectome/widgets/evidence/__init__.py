"""How far to trust an answer: the experiments behind it, and behind a cell of the matrix."""
