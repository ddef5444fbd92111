"""Where the regions of the demo brain lie: rough places from general anatomy.

Deep regions: "acronym AP DV lateral size" in tenths of a millimetre, CCF axes, lateral from the
midline. A voxel goes to the region whose centre is nearest, measured in that region's size.
Cortical areas: "acronym AP along", where `along` is the place on the outline of the hemisphere
(control points of :data:`~napari_connectome.data.demo_brain.outlines.HEMISPHERE`: 0 callosal end,
1 medial corner, 2 crown, 3 shoulder, 4 upper side, 5 widest, 6 rhinal, 7 ventrolateral, 8 lowest,
9 ventromedial). A region may stand in several lines: it is then the union.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = tuple[tuple[str, tuple[float, ...]], ...]


def _places(table: str) -> Places:
    rows = [line.split() for line in table.strip().splitlines()]
    return tuple((row[0], tuple(float(x) for x in row[1:])) for row in rows)


CORTEX = _places("""
FRP 19 2.5
FRP 19 4.5
MOs 27 2.6
MOs 36 2.2
MOs 46 2.0
MOs 54 1.75
MOp 37 4.0
MOp 46 3.2
MOp 54 2.6
PL 27 1.2
PL 33 0.9
ILA 33 0.1
ORBm 25 0.2
ORBm 25 9.8
ORBvl 25 8.3
ORBl 25 6.7
ORBl 30 7.2
AId 30 5.7
AId 37 5.9
AIv 30 6.5
AIv 38 6.5
AIp 50 6.35
AIp 58 6.35
GU 42 5.6
GU 48 5.8
VISC 56 5.85
VISC 63 5.9
ACAd 42 1.0
ACAd 51 0.95
ACAv 44 0.3
ACAv 54 0.3
RSPd 66 1.15
RSPd 76 1.15
RSPd 86 1.2
RSPv 64 0.35
RSPv 74 0.35
RSPv 86 0.5
RSPagl 72 1.9
RSPagl 82 1.9
SSp-m 41 4.8
SSp-m 48 4.6
SSp-n 55 4.4
SSp-ul 50 3.7
SSp-ll 57 2.9
SSp-tr 64 2.8
SSp-bfd 61 3.9
SSp-bfd 67 3.8
SSs 54 5.3
SSs 62 5.0
SSs 68 4.8
AUDd 73 4.5
AUDp 76 5.0
AUDp 81 4.9
AUDv 76 5.45
AUDpo 86 4.7
TEa 79 5.8
TEa 87 5.6
ECT 76 6.1
ECT 84 6.05
ECT 92 6.0
PERI 74 6.5
PERI 84 6.5
VISp 85 2.9
VISp 92 2.9
VISam 76 2.3
VISpm 84 2.15
VISpm 90 2.1
VISa 71 2.6
VISrl 74 3.5
VISal 80 3.9
VISl 88 4.0
VISli 90 4.5
VISpl 97 3.9
VISpor 95 5.1
""")
"""Areas of the isocortex on the unfolded sheet."""

ALLOCORTEX = _places("""
PIR 36 7.0
PIR 46 7.1
PIR 56 7.1
PIR 66 7.1
PIR 75 7.2
TT 29 9.3
DP 31 10.4
AON 22 7
AON 22 9
OT 40 8.5
OT 50 8.5
COAp 64 8.4
COAp 73 8.4
TR 82 7.8
ENTl 88 7.2
ENTl 96 6.6
ENTl 84 8.4
ENTm 93 8.5
ENTm 98 9
PAR 98 10
POST 95 10.8
PRE 90 10.4
""")
"""Areas below the rhinal fissure, on the same sheet."""

CORE = _places("""
CP 42 36 20 14
CP 52 36 26 17
CP 62 38 33 13
CP 69 42 37 6
ACB 40 52 11 10
ACB 48 52 13 9
LSr 44 34 5 7
LSr 53 33 6 7
LSc 58 28 5 5
CEA 66 54 31 7
CEA 72 54 32 6
MEA 68 64 22 6
MEA 74 64 23 5
GPe 60 44 24 8
GPi 67 45 21 5
SI 54 58 16 8
SI 62 58 20 7
MS 48 44 1 5
NDB 47 56 4 6
BST 56 45 9 7
LA 71 49 39 5
BLA 66 57 36 6
BLA 73 57 37 6
BMA 70 64 30 5
PA 80 62 34 6
""")
"""Striatum, pallidum and cortical subplate, inside the hemisphere."""

DEEP: Mapping[str, Places] = MappingProxyType(
    {
        "TH": _places("""
VAL 60 37 12 7
VM 63 44 10 5
VPL 68 38 19 7
VPM 70 41 13 8
MG 86 38 22 7
LGd 77 31 24 6
LP 76 28 16 8
PO 74 35 11 7
AV 58 33 8 6
LD 64 29 12 7
MD 67 32 6 8
RE 62 50 1 5
CM 66 42 2 4
PF 76 41 6 6
RT 62 40 18 5
RT 68 34 24 4
LH 71 28 4 6
"""),
        "HY": _places("""
PVH 58 58 2 5
DMH 68 64 3 6
AHN 60 62 6 7
MM 80 68 3 7
MPN 52 60 4 7
VMH 67 70 5 6
PH 76 60 3 8
LHA 62 64 13 9
LHA 72 62 14 9
LPO 52 62 9 7
STN 74 58 16 5
ZI 68 54 15 8
"""),
        "MB": _places("""
SCs 90 15 8 8
SCm 91 23 9 10
IC 104 15 10 12
SNr 83 54 15 8
VTA 84 56 5 6
MRN 90 40 13 13
PAG 92 30 3 10
PAG 84 28 2 7
APN 80 31 10 8
CUN 102 31 13 10
RN 86 46 6 7
PPN 97 44 14 10
IPN 89 57 1 6
"""),
        "P": _places("""
NLL 96 50 19 6
PSV 102 55 19 7
PB 103 42 15 7
SOC 100 66 13 6
PCG 105 42 4 8
PG 92 67 6 8
PRNc 101 55 8 9
TRN 96 66 6 6
V 106 52 15 6
CS 97 52 2 7
PRNr 94 57 9 8
"""),
        "MY": _places("""
DCO 108 45 25 6
VCO 104 56 27 7
CU 122 46 7 6
NTS 118 48 6 7
SPVC 126 54 17 9
SPVI 117 56 19 9
SPVO 110 57 19 8
VII 106 68 14 6
GRN 112 64 6 10
IO 116 72 4 6
IRN 116 58 10 8
MDRNd 124 57 10 8
MDRNv 124 65 6 9
PARN 111 60 13 8
MV 110 47 7 8
"""),
        "CB": _places("""
LING 103 33 3 6
CENT 102 24 6 8
CUL 106 15 6 10
DEC 115 12 5 7
FOTU 120 12 5 6
PYR 123 20 5 8
UVU 122 30 5 8
NOD 115 36 3 7
SIM 108 17 22 10
AN 114 18 31 13
AN 119 15 22 10
PRM 122 24 22 9
COPY 123 36 20 8
PFL 108 36 35 9
FL 106 42 31 6
FN 112 28 4 5
IP 112 28 12 5
DN 111 30 20 5
"""),
    }
)
"""Regions of the divisions behind the hemispheres."""


def nearest_place(points_tenths: Floats, places: Places) -> NDArray[np.intp]:
    """Index into `places` of the region nearest to each point, in units of the region's size.

    The squared size is subtracted (a power diagram), so that borders are planes and every
    region stays in one piece per line.
    """
    best = np.full(len(points_tenths), np.inf)
    owner = np.zeros(len(points_tenths), dtype=np.intp)
    for index, (_, (ap, dv, lateral, size)) in enumerate(places):
        offset = points_tenths - (ap, dv, lateral)
        power = np.einsum("ij,ij->i", offset, offset) - size**2
        closer = power < best
        best[closer], owner[closer] = power[closer], index
    return owner
