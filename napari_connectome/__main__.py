"""``python -m napari_connectome``: the command line."""

from __future__ import annotations

import sys

from napari_connectome.cli import main

if __name__ == "__main__":
    sys.exit(main())
