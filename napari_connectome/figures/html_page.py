"""A page that holds all that it shows: one HTML file, images inside, nothing to load."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from matplotlib.figure import Figure

DPI = 200.0
STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: #1c1c1c;
  background: #fff; max-width: 62rem; margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin-bottom: .2rem; }
h2 { font-size: 1.25rem; margin-top: 2.6rem; border-bottom: 1px solid #ccc; padding-bottom: .2rem; }
h3 { font-size: 1.05rem; margin-top: 1.8rem; }
p.lead, p.note, figcaption, caption { color: #555; }
p.note { border-left: 3px solid #d9a400; padding-left: .8rem; }
nav ul { padding-left: 1.2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; margin: 1rem 0;
  font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .4rem; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid #e2e2e2; text-align: right;
  vertical-align: top; }
th { border-bottom: 1px solid #888; }
th:first-child, td:first-child { text-align: left; }
table.words td, table.words th { text-align: left; overflow-wrap: anywhere; }
figure { margin: 1.2rem 0; }
figure img { max-width: 100%; height: auto; }
figcaption { font-size: .875rem; }
@media print { body { max-width: none; margin: 0; } h2 { break-after: avoid; }
  figure, tr { break-inside: avoid; } nav { display: none; } }
"""


@dataclass(frozen=True)
class Section:
    """A part of a page with a heading of its own.

    Parameters
    ----------
    name : str
        Plain letters: where a link to it leads.
    title : str
        Heading.
    blocks : tuple of str
        HTML made by the functions of this module.
    """

    name: str
    title: str
    blocks: tuple[str, ...]


def html_page(title: str, lead: str, sections: Sequence[Section]) -> str:
    """The whole page, with a table of contents.

    Parameters
    ----------
    title : str
        Of the page.
    lead : str
        What stands below it.
    sections : sequence of Section
        From top to bottom.
    """
    links = "".join(f'<li><a href="#{s.name}">{escape(s.title)}</a></li>' for s in sections)
    body = "\n".join(
        f'<section id="{s.name}">\n<h2>{escape(s.title)}</h2>\n'
        + "\n".join(s.blocks)
        + "\n</section>"
        for s in sections
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f'<h1>{escape(title)}</h1>\n<p class="lead">{escape(lead)}</p>\n'
        f"<nav><ul>{links}</ul></nav>\n{body}\n</body>\n</html>\n"
    )


def heading(text: str) -> str:
    """Heading within a section."""
    return f"<h3>{escape(text)}</h3>"


def paragraph(text: str) -> str:
    """Plain text."""
    return f"<p>{escape(text)}</p>"


def remark(text: str) -> str:
    """Text about what is missing or doubtful."""
    return f'<p class="note">{escape(text)}</p>'


def html_table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    caption: str = "",
    words: bool = False,
) -> str:
    """A table.

    Parameters
    ----------
    header : sequence of str
        One cell per column; nothing: the table has no head.
    rows : sequence of sequence of str
        Lines.
    caption : str
        What stands above it.
    words : bool
        Whether cells are words, aligned to the left, and not numbers.
    """
    cells = "".join(f'<th scope="col">{escape(text)}</th>' for text in header)
    head = f"<thead><tr>{cells}</tr></thead>" if cells else ""
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows
    )
    above = f"<caption>{escape(caption)}</caption>" if caption else ""
    kind = ' class="words"' if words else ""
    return f'<div class="wide"><table{kind}>{above}{head}<tbody>{lines}</tbody></table></div>'


def image(figure: Figure, alt: str, caption: str = "") -> str:
    """A figure as an image inside the page.

    Parameters
    ----------
    figure : Figure
        Made without pyplot.
    alt : str
        What it shows, for those who cannot see it.
    caption : str
        What stands below it.
    """
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=DPI, metadata={"Software": None})
    data = base64.b64encode(file.getvalue()).decode("ascii")
    below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    width = round(float(figure.get_size_inches()[0]) * 96)
    return (
        f'<figure><img src="data:image/png;base64,{data}" alt="{escape(alt)}" '
        f'width="{width}">{below}</figure>'
    )
