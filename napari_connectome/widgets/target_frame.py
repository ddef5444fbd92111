"""Where everything lies in a bar chart of targets."""

from __future__ import annotations

from dataclasses import dataclass

from qtpy.QtCore import QRectF, QSize
from qtpy.QtGui import QFontMetrics

from napari_connectome.figures.paired_bars import PairedScale

PAD_PX = 6.0
TICK_PX = 4.0
LEAST_ROW, MOST_ROW = 1.2, 2.2
"""Height of a region in lines of text."""
LEAST_NAME_EM, MOST_NAME_EM, NAME_PART = 14.0, 36.0, 0.32
"""Room of the names in widths of a letter, and as a part of the width."""
NAMES_FROM_EM = 80.0
"""A narrower chart has acronyms alone."""


@dataclass(frozen=True)
class ChartFrame:
    """Places in pixels; rows scroll between head and foot.

    Parameters
    ----------
    width, height : float
        The whole.
    head, foot : float
        End of the line of side names; start of the axis's numbers.
    name_left, left, right : float
        Where names start; the two ends of the bars.
    names : bool
        Whether full names are written.
    row : float
        Height of a region.
    count : int
        Number of regions.
    scale : PairedScale
        Length of the bars.
    """

    width: float
    height: float
    head: float
    foot: float
    name_left: float
    left: float
    right: float
    names: bool
    row: float
    count: int
    scale: PairedScale

    @property
    def axis(self) -> float:
        """Where both sides start."""
        return self.left + (self.right - self.left) * self.scale.contra_part

    @property
    def room(self) -> float:
        """Height between head and foot."""
        return max(self.foot - self.head, 0.0)

    @property
    def hidden(self) -> int:
        """How far the rows can be scrolled."""
        return max(round(self.count * self.row - self.room), 0)

    def length(self, value: float) -> float:
        """Length of a bar in pixels; what is above zero can be seen."""
        length = self.scale.length(value) * (self.right - self.left)
        return max(length, 1.5) if value > 0 else 0.0

    def row_rect(self, index: int, scroll: int) -> QRectF:
        """A region's line over the whole width."""
        return QRectF(0.0, self.head + index * self.row - scroll, self.width, self.row)

    def index_at(self, y: float, scroll: int) -> int | None:
        """Region at a height, None beside the regions."""
        index = int((y - self.head + scroll) // self.row)
        return index if self.head <= y < self.foot and 0 <= index < self.count else None

    def visible(self, scroll: int) -> range:
        """Regions of which something is seen."""
        stop = int((self.room + scroll) // self.row) + 1
        return range(int(scroll // self.row), min(stop, self.count))


def frame_of(
    size: QSize,
    metrics: QFontMetrics,
    acronym_px: float,
    count: int,
    scale: PairedScale,
    *,
    captioned: bool = True,
) -> ChartFrame:
    """Lay a chart out; names are written where the bars keep most of the width.

    Parameters
    ----------
    size : QSize
        The whole.
    metrics : QFontMetrics
        Of the text.
    acronym_px : float
        Width of the longest acronym.
    count : int
        Number of regions.
    scale : PairedScale
        Length of the bars.
    captioned : bool
        Whether a line under the numbers says what they are.
    """
    line, width, height = float(metrics.height()), float(size.width()), float(size.height())
    em = metrics.averageCharWidth()
    name_left = PAD_PX + acronym_px + PAD_PX
    name_room = min(NAME_PART * width, MOST_NAME_EM * em)
    names = name_room >= LEAST_NAME_EM * em and width >= NAMES_FROM_EM * em
    head = line + 2.0
    foot = height - (2 if captioned else 1) * line - TICK_PX - 3.0
    row = (foot - head) / max(count, 1)
    return ChartFrame(
        width=width,
        height=height,
        head=head,
        foot=foot,
        name_left=name_left,
        left=name_left + (name_room + PAD_PX if names else 0.0),
        right=width - 2 * em,
        names=names,
        row=min(max(row, LEAST_ROW * line), MOST_ROW * line),
        count=count,
        scale=scale,
    )
