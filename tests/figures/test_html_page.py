"""Pages hold all that they show, and nothing that could run or be loaded."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser

from matplotlib.figure import Figure

from napari_connectome.figures.html_page import (
    Section,
    heading,
    html_page,
    html_table,
    image,
    paragraph,
    remark,
)

NASTY = '<script>alert("x")</script> & "more"'


class Checked(HTMLParser):
    """Knows which tags are open, and what links and words there are."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def page() -> str:
    figure = Figure(figsize=(2, 1))
    figure.text(0.5, 0.5, "drawn")
    blocks = (
        heading(NASTY),
        paragraph(NASTY),
        remark("missing"),
        html_table(("a", NASTY), [("1", NASTY)], caption=NASTY),
        html_table((), [("name", "value")], words=True),
        image(figure, NASTY, "caption"),
    )
    return html_page(NASTY, "lead", [Section("one", "First", blocks), Section("two", "Second", ())])


def test_tags_are_closed_and_words_stay_words() -> None:
    found = Checked(page())
    assert found.open == []
    assert found.words.count(NASTY) == 7
    assert "<script" not in page()


def test_links_lead_to_sections_and_images_are_inside() -> None:
    text = page()
    links = Checked(text).links
    assert links[:2] == ["#one", "#two"]
    assert all(f'id="{link[1:]}"' in text for link in links[:2])
    kind, data = links[2].split(",")
    assert kind == "data:image/png;base64"
    assert base64.b64decode(data).startswith(b"\x89PNG")
    assert not re.search(r"https?://|@import|url\(", text)


def test_the_same_page_is_the_same_bytes() -> None:
    assert page() == page()
