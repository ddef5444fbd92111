"""Run every measurement, each in a process of its own: ``python -m benchmarks [NAME ...]``."""

from __future__ import annotations

import subprocess
import sys

NAMES = (
    "voxel_prediction",
    "leave_one_out",
    "fit",
    "model_file",
    "regional",
    "flatmap",
    "evidence",
    "homogeneous",
    "cross_validation",
    "completion",
    "spline",
)


def main(names: list[str]) -> int:
    """Run the named measurements, or all of them."""
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        print(f"There is no {', '.join(unknown)}; choose from: {', '.join(NAMES)}.")
        return 2
    for name in names or NAMES:
        print(f"\n## {name}\n", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
