"""One estimator family per file; :mod:`.catalog` names them all."""
