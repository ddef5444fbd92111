from __future__ import annotations

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QLabel, QVBoxLayout, QWidget

from napari_connectome.widgets.sections import Section


def test_a_section_folds_with_mouse_and_keyboard(qtbot):
    content = QLabel("inside")
    section = Section("Data", content)
    qtbot.addWidget(section)
    with qtbot.waitExposed(section):
        section.show()
    assert content.isVisible()
    tall = section.sizeHint().height()
    qtbot.mouseClick(section.header, Qt.MouseButton.LeftButton)
    assert not content.isVisible()
    assert section.sizeHint().height() < tall
    section.header.setFocus()
    qtbot.keyClick(section.header, Qt.Key.Key_Space)
    assert content.isVisible()


def test_a_section_can_start_folded(qtbot):
    parent, content = QWidget(), QLabel("inside")
    qtbot.addWidget(parent)
    QVBoxLayout(parent).addWidget(Section("Model", content, expanded=False))
    with qtbot.waitExposed(parent):
        parent.show()
    assert not content.isVisible()
