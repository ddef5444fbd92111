"""Round numbers for axes and colour bars."""

from __future__ import annotations

import math

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def nice_ticks(lo: float, hi: float, log: bool = False, count: int = 5) -> list[float]:
    """Round values between two limits, inclusive, about `count` of them.

    Parameters
    ----------
    lo, hi : float
        Finite limits, ``lo < hi``; both above 0 on a logarithmic scale.
    log : bool
        Powers of ten where there are at least two of them; 1, 2 and 5 times powers
        where the scale is shorter, and evenly spaced values where it is shorter still.
    count : int
        At most this many on a linear scale.

    Raises
    ------
    ValueError
        When the limits are in the wrong order, not finite, or not positive for `log`.
    """
    if not (math.isfinite(lo) and math.isfinite(hi) and lo < hi):
        raise ValueError(f"Finite limits in ascending order were expected; {lo}, {hi} came.")
    if not log:
        return _linear_ticks(lo, hi, count)
    if lo <= 0:
        raise ValueError(f"A logarithmic scale starts above 0; {lo} came.")
    return _log_ticks(lo, hi, count)


def _linear_ticks(lo: float, hi: float, count: int) -> list[float]:
    rough = (hi - lo) / max(count - 1, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(s for s in _STEPS if s * power >= rough * (1 - 1e-9))
    first, last = math.ceil(lo / step - 1e-9), math.floor(hi / step + 1e-9)
    # Rounding to the step's own digits turns 0.30000000000000004 into 0.3.
    digits = max(0, 2 - math.floor(math.log10(step)))
    return [round(i * step, digits) for i in range(first, last + 1)]


def _log_ticks(lo: float, hi: float, count: int) -> list[float]:
    low, high = math.floor(math.log10(lo)), math.ceil(math.log10(hi))

    def between(factors: tuple[int, ...], stride: int = 1) -> list[float]:
        values = [float(f"{f}e{p}") for p in range(low, high + 1, stride) for f in factors]
        return [v for v in values if lo * (1 - 1e-9) <= v <= hi * (1 + 1e-9)]

    decades = between((1,))
    if len(decades) > count:
        return between((1,), math.ceil(len(decades) / count))
    if len(decades) >= 2:
        return decades
    finer = between((1, 2, 5))
    return finer if len(finer) >= 2 else _linear_ticks(lo, hi, count)


def number_text(value: float, digits: int = 3) -> str:
    """A number as people write it: "0.25", "1200", "3.1×10⁻⁵".

    Parameters
    ----------
    value : float
        What to write.
    digits : int
        Significant digits.
    """
    if value == 0:
        return "0"
    if not math.isfinite(value):
        return str(value)
    if 1e-3 <= abs(value) < 1e5:
        text = f"{value:.{digits}g}"
        return f"{value:.0f}" if "e" in text else text
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    power = "10" + str(int(exponent)).translate(_SUPERSCRIPTS)
    return {"1": power, "-1": "-" + power}.get(mantissa, f"{mantissa}×{power}")
