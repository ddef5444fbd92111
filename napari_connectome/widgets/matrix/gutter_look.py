"""Font, colours and tracks of the labels beside an axis."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from qtpy.QtGui import QColor, QFont, QFontMetrics, QPalette
from qtpy.QtWidgets import QWidget

from napari_connectome.widgets.appearance import text_color

STRIP_PX = 6.0
MARK_PX = 9.0
PAD_PX = 3.0
LEAD_PX = 5.0
"""Room for the lines from names to their blocks, where no marks need more."""
FONT_PART, LOW_FONT_PART = 0.9, 0.8
"""Labels are this much smaller than the text around the matrix; smaller where it is low."""
LONGEST_EM = 10.0
"""Longer labels are cut, in widths of a letter: the full name is in the tooltip."""
DARK_ACCENT, LIGHT_ACCENT = QColor(51, 242, 255), QColor(0, 118, 140)
"""Marks on a dark and on a light background."""


@dataclass(frozen=True)
class GutterLook:
    """How the labels look. Tracks are distances from the cells, in pixels.

    Parameters
    ----------
    font : QFont
        Of the labels.
    ink, paper, accent : QColor
        Text, background, marks.
    line : float
        Height of a text.
    text_near, text_far : float
        Track of the acronyms, behind the colour strip and the marks.
    division_far : float
        End of the track of division names, which begins at `text_far`.
    title_far : float
        End of the title's track: the depth of the whole.
    """

    font: QFont
    ink: QColor
    paper: QColor
    accent: QColor
    line: float
    text_near: float
    text_far: float
    division_far: float
    title_far: float

    @property
    def bold(self) -> QFont:
        """The font of what stands out."""
        font = QFont(self.font)
        font.setBold(True)
        return font


def look_of(
    widget: QWidget,
    acronyms: Iterable[str],
    divisions: Iterable[str],
    *,
    marks: bool = True,
    low: bool = False,
) -> GutterLook:
    """Follow a widget's theme and font; leave room for the labels.

    Zoomed out, names of divisions take the tracks of acronyms and divisions together.

    Parameters
    ----------
    widget : QWidget
        Gives font and colours.
    acronyms, divisions : iterable of str
        What may have to be written.
    marks : bool
        Whether arrows that mark sources need room.
    low : bool
        Smaller, and without a track for divisions: when zoomed in, colours alone tell them.
    """
    font = _smaller(widget.font(), LOW_FONT_PART if low else FONT_PART)
    metrics = QFontMetrics(font)
    line = float(metrics.height())
    division_track = line + PAD_PX if any(divisions) and not low else 0.0
    across = max((metrics.horizontalAdvance(text) for text in acronyms), default=0)
    names = max((metrics.horizontalAdvance(text) for text in divisions), default=0)
    widest = max(float(across), names - division_track)
    near = STRIP_PX + (MARK_PX if marks else LEAD_PX) + PAD_PX
    far = near + min(widest, LONGEST_EM * metrics.averageCharWidth()) + PAD_PX
    ink = text_color(widget)
    return GutterLook(
        font=font,
        ink=ink,
        paper=widget.palette().color(QPalette.ColorRole.Window),
        accent=DARK_ACCENT if ink.lightnessF() > 0.5 else LIGHT_ACCENT,
        line=line,
        text_near=near,
        text_far=far,
        division_far=far + division_track,
        title_far=math.ceil(far + division_track + line + PAD_PX),
    )


def _smaller(font: QFont, part: float) -> QFont:
    result = QFont(font)
    if font.pixelSize() > 0:
        result.setPixelSize(max(round(font.pixelSize() * part), 7))
    else:
        result.setPointSizeF(max(font.pointSizeF() * part, 5.0))
    return result
