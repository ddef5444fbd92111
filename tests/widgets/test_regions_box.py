"""Regions are typed, or ticked in the tree with the mouse."""

from __future__ import annotations

import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import QPushButton, QStyle, QStyleOptionViewItem

from napari_connectome.core.models.catalog import Parameter
from napari_connectome.core.spline.selection import VISUAL_AREAS
from napari_connectome.data.allen_cache import open_cache
from napari_connectome.widgets.forms import ParameterForm
from napari_connectome.widgets.regions_box import RegionsBox

LEFT = Qt.MouseButton.LeftButton
REGIONS = Parameter("regions", "Regions", "Which.", "regions", "VISp,VISl")


@pytest.fixture(scope="module")
def atlas(small_brain):
    return open_cache(small_brain).atlas


@pytest.fixture
def form(qtbot, atlas):
    form = ParameterForm([REGIONS])
    form.set_tree(atlas.tree, atlas.structure_ids)
    qtbot.addWidget(form)
    form.resize(420, 80)
    with qtbot.waitExposed(form):
        form.show()
    return form


@pytest.fixture
def box(form):
    return form.findChild(RegionsBox)


def tick(qtbot, box, tree, acronym):
    """Click the box before a region's name."""
    view = box.popup.tree.view
    source = box.popup.tree.ticks.index_of(tree.by_acronym(acronym).id)
    index = view.model().mapFromSource(source)
    view.scrollTo(index)
    option = QStyleOptionViewItem()
    option.initFrom(view)
    option.rect = view.visualRect(index)
    option.features |= QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
    style = view.style()
    spot = style.subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, view)
    qtbot.mouseClick(view.viewport(), LEFT, pos=spot.center())


def test_typed_acronyms(qtbot, form, box):
    assert form.values() == {"regions": "VISp,VISl"}
    box.text.selectAll()
    qtbot.keyClicks(box.text, "VISp,  VISal VISp")
    with qtbot.waitSignal(form.changed):
        qtbot.keyClick(box.text, Qt.Key.Key_Return)
    assert form.values() == {"regions": "VISp,VISal"}
    assert box.text.text() == "VISp, VISal"
    with qtbot.assertNotEmitted(form.changed, wait=50):
        form.set_values({"regions": "CUL4, 5,VISa"})
    assert form.values() == {"regions": "CUL4, 5,VISa"}


def test_ticked_with_the_mouse(qtbot, form, box, atlas):
    qtbot.mouseClick(box.choose, LEFT)
    qtbot.waitUntil(box.popup.isVisible)
    ticks = box.popup.tree.ticks

    def acronyms():
        return {atlas.tree[i].acronym for i in ticks.ticked_ids}

    assert acronyms() == {"VISp", "VISl"}
    with qtbot.waitSignal(form.changed):
        tick(qtbot, box, atlas.tree, "VISal")
    assert set(form.values()["regions"].split(",")) == {"VISp", "VISl", "VISal"}
    tick(qtbot, box, atlas.tree, "VISp")
    assert set(form.values()["regions"].split(",")) == {"VISl", "VISal"} == acronyms()
    qtbot.keyClicks(box.popup.tree.search, "rostrolateral visual")
    tick(qtbot, box, atlas.tree, "VISrl")
    assert "VISrl" in form.values()["regions"]
    qtbot.mouseClick(box.popup.findChild(QPushButton, "regions_visual"), LEFT)
    assert form.values() == {"regions": ",".join(VISUAL_AREAS)}
    assert acronyms() == set(VISUAL_AREAS)
    qtbot.mouseClick(box.popup.findChild(QPushButton, "regions_clear"), LEFT)
    assert form.values() == {"regions": ""}
    assert not acronyms()
    qtbot.mouseClick(box.popup.findChild(QPushButton, "regions_done"), LEFT)
    assert not box.popup.isVisible()


def test_an_unknown_acronym_stays_for_the_fit_to_refuse(qtbot, form, box):
    form.set_values({"regions": "VISp,NOWHERE"})
    qtbot.mouseClick(box.choose, LEFT, pos=QPoint(5, 5))
    assert len(box.popup.tree.ticks.ticked_ids) == 1
    assert form.values() == {"regions": "VISp,NOWHERE"}
    box.popup.close()
