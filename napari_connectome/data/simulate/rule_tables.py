"""The tables that a planted connectome follows.

One line per source (several for a long list): sources, a colon, targets with strengths.
The pathways are textbook ones, their figures round numbers of our own. A strength is the
projection (sum over target voxels) of one unit of tracer.
"""

PATHWAYS = """
VISp: VISl 2.2/.25 ~1, VISal 1.5/.1 ~1, VISrl 1.1/.1 ~0, VISa .5, VISam .9 ~1, VISpm 1.3/.1 ~1
VISp: VISli .8, VISpl .9 ~0, VISpor .9
VISp: TEa .4, RSPagl .5, ACAd .5, ACAv .3, ORBvl .25, MOs .2, ECT .1, POST .15, CP 1.1/.05
VISp: CLA .08/.05
VISp: VISp 0/1.1 ^VISl, VISl 0/.9 ~1 ^VISp
VISl: VISp 1.8/.3 ~1, VISal .9, VISli .8/.3 ~1, VISpor 1.0 ~0, VISpl .6, VISpm .5 ~1, TEa .9/.2
VISl: ECT .4, RSPagl .3
VISal: VISp 1.4 ~1, VISl .9, VISrl .9, VISa .6, VISpm .5, TEa .3, SSp-bfd .2, MOs .5, ACAd .4
VISrl: VISp .9 ~0, VISal .9, VISa .9/.2, SSp-bfd 1.0 ~0, MOs .8/.2, ACAd .3, SSp-tr .3
VISa: MOs 1.2/.3, RSPagl .6, VISp .5, VISrl .7, VISam .6, SSp-tr .5, ACAd .6, ORBvl .4
VISam: VISp .8 ~1, VISpm .9, RSPagl 1.0/.2, ACAd 1.0/.2, MOs .7, VISl .3, ORBvl .3
VISpm: VISp 1.2 ~1, VISam .8, RSPagl 1.1/.3, RSPd .5, ACAd .6, ACAv .4, VISl .4, ORBvl .2
VISli: VISl 1.0 ~1, VISp .6, TEa .9/.2, ECT .5, VISpor .5, AUDpo .3
VISpl: VISp .8 ~0, VISpor .7, RSPagl .4, POST .4, VISl .6
VISpor: VISp .8, VISl .7, TEa .6, ECT .6, PERI .4, ENTm .6, POST .3, RSPv .3
VIS: SCs 1.6, SCm .5, LP 1.5/.02, LD .2, PG .9, RT .3, LGv .3, ZI .25, APN .4, CP .7/.12, NOT .1
VISp: LGd 1.5, SCs .9, RT .2
LGd: VISp 4.0, VISl .25, RT .4
LP: VISl 1.0, VISp .7, VISal .8, VISpm .8, VISam .6, VISrl .5, VISli .5, VISpor .7, TEa .7
LP: RSPagl .2, ACAd .3, CP .6, LA .2
LGv: SCs .7/.1, ZI .4, APN .5, PG .3
SCs: LP 1.4/.05, LGd .6, LGv .7, PBG .5/.2, SCm 1.6, APN .5, PG .4, SCs 0/.1
SCm: PPN .6/.2, MRN 1.3/.2, PAG 1.1/.2, PRNr .6/.8, PRNc .3/.6, GRN .2/.8, MD .4, CM .3, ZI .6
SCm: IC .3, LP .5, TRN .3/.4, CUN .5
MOp: MOs 1.6/.7, SSp 2.0/.4 ~0, SSs 1.1/.35, CP 3.2/1.3, VAL 1.3/.02, PO .9/.02, VM .3, MD .2
MOp: RT .4, ZI .5
MOp: PG 1.5/.15, SCm .8, MRN .6, TRN .4/.1, SPVI .25/.5, PARN .15/.4, IRN .15/.35, MDRN .15/.4
MOp: CU .1/.35, RN .3, STN .4
MOp: CLA .15/.1, AId .2/.1, ORBl .2/.05, PRNr .25, APN .3, GRN .1/.15
MOs: MOp 1.7/.8, ACAd 1.0/.5, ORBvl .8/.4, ORBl .8/.4, SSp .7/.2, RSPagl .7/.2, VISa .5, VISam .4
MOs: PL .4/.2, AId .3/.15, CLA .35/.4
MOs: CP 3.0/1.5, VM .8/.15, MD .7/.05, VAL .6, PO .5, CM .4/.2, PF .5, ZI .5, SCm 1.6, MRN .8/.1
MOs: PAG .5, PG 1.2/.2, PRNr .5/.1, STN .4, RN .2, GRN .1/.2
VAL: MOp 2.6, MOs 1.4, SSp .4, SSs .1, CP .6, RT .4
VM: MOs 1.1, MOp .6, ACAd .4, ORBl .4, AId .3, CP .3, RT .3
SSp: SSs 1.8/.4 ~1, MOp 1.7/.25 ~0, MOs .6/.1, CP 2.0/.45, PO 1.3, VPM 1.0, RT .6, ZI .6, PG 1.1
SSp: SCm .7, APN .5
SSp: SPVI .2/.7, SPVC .1/.4, PSV .1/.4, TEa .2, VISrl .3, CLA .05, PERI .2, ECT .2
SSp-bfd: VPM .9, MOp .5, VISrl .5, SSs .4
SSp-ll SSp-ul SSp-tr: VPL 1.8, CU .15/.6, TRN .2
SSs: SSp 1.7/.2 ~1, MOp .8/.15, VISC .5, AId .3, PERI .4, CP 1.8/.4, PO 1.5, VPM .6, RT .4, ZI .4
SSs: PG .6, SCm .3, SPVC .15/.3, LA .15
VPM: SSp 3.4, SSs .9, RT .5
VPL: SSp-ll 1.6, SSp-ul 1.3, SSp-tr 1.0, SSs .5, MOp .4, RT .4
PO: SSp 1.7, SSs 1.3, MOp .8, MOs .3, PERI .3, ECT .2, CP .8, RT .5
AUDp AUDd AUDpo AUDv: AUD 1.2/.5, TEa 1.4/.4, ECT .5/.1, PERI .2, MG 1.7/.02, IC 1.7/.6, CP 1.2/.35
AUDp AUDd AUDpo AUDv: RT .3, LP .4, LA .5, PG .5, SCm .4, VISl .2, ORBl .15, MOs .2, PAG .2
MG: AUDp 2.2, AUDd 1.2, AUDv 1.0, AUDpo .5, TEa .8, LA .9, CP .7, RT .5
TEa: AUDv .7/.2, AUDd .5, ECT 1.0/.3, PERI .7/.2, VISl .4, LA 1.0/.1, BLA .4, CP 1.3/.4, LP .6
TEa: MG .7, ENTl .6, MOs .3, ORBl .3
ECT PERI: TEa .9/.2, ENTl 1.5/.2, LA .9, BLA .6, CA1 .4, CP .8/.2, AIp .4, LP .2, CLA .2
ACAd ACAv: MOs 1.2/.5, RSPagl .6/.1, RSPd .4, PL .8/.3, ORBm .5/.2, ORBvl .6/.2, VISam .5, VISpm .5
ACAd ACAv: VISp .4, CP 2.4/1.0, MD 1.3/.2, AM .8/.2, LD .3, CM .4, VM .3, RT .3
ACAd ACAv: SCm 1.0, PAG .9/.1, ZI .5, PG .9, MRN .4, CLA .4/.6, LP .4, PRNr .3, APN .3
PL ILA: MD 1.8/.4, ACB 1.5/.4, CP 1.8/.8, BLA 1.0/.4, ACAd .6/.2, ORBm .7/.2, AId .6/.2, PAG .9/.2
PL ILA: LHA .8, RE .7/.2, CM .3, PT .5, VTA .4, DMH .2, CEA .3, LS .5, PB .2, CLA .3/.4, TT .4
PL ILA: DP .3, LPO .3, ENTl .3, PG .3
ORBl ORBm ORBvl: MD 1.5/.3, MOs .9/.4, ACAd .5/.2, AId .6/.2, CP 2.0/.8, ACB .5, SMT .4, VM .4
ORBl ORBm ORBvl: BLA .4, PAG .5, SCm .4, ZI .3, RSPagl .3, VISC .2, CLA .2/.2, LHA .3
AId AIp AIv GU VISC: AI 1.0/.4, GU .5/.2, VISC .6/.2, ORBl .6/.2, PIR .6, CLA .4/.2, EPd .4
AId AIp AIv GU VISC: ACB .7/.3, CP 1.5/.6, BLA 1.0/.4, CEA 1.2/.1, MD .9/.1, VPMpc .6, PO .4
AId AIp AIv GU VISC: PB .6/.1, NTS .3/.2, LHA .6, ENTl .6, PERI .5, PAG .3
RSP: ACAd .7/.2, MOs .4, RSP 1.0/.5, VISpm .5, VISam .5, POST .8/.2, PRE .5, PAR .3, SUB .4
RSP: ENTm .5, AV 1.0/.4, LD 1.1/.1, LP .5, AM .3, CP .7/.2, SCm .7, SCs .4, PG 1.0, PAG .3, ZI .2
RSP: APN .2
FRP: MOs .9/.5, ORBl .8/.4, CP 1.5/.8, MD .8/.2, SCm .4, PG .4
AV: RSPv 1.6, RSPd .8, PRE .6, POST .4, RT .2
AM: ACAd 1.1, RSPagl .6, ORBm .4, PL .3
LD: RSPagl 1.2, RSPd .7, VISa .4, POST .5, PRE .4, VISpm .3
MD: PL 1.4, ACAd 1.0, ORBvl .7, ORBl .7, ORBm .7, ILA .5, AId .7, MOs .7, RT .4, CP .2
CM PF: CP 2.2, MOs .5, ACAd .3, ACB .5, STN .5, RT .2
RE: CA1 1.2/.1, SUB .9/.1, PL .5, ILA .5, ENTm .4
RT: LGd .4, LP .8, VPM 1.0, VPL .6, PO .9, VAL .5, MD .6, MG .6, LD .2, VM .2
LH: IPN .3, VTA .7, CS .6/.1, RAmb .5, LHA .4
CP: GPe 3.0, SNr 2.6, GPi 1.2
ACB: SI 2.0, VTA 1.1, LHA .9, LPO .6, SNr .4, GPe .4, PAG .2
OT: SI 1.4, VTA .4, LPO .5, LHA .4
LSc LSr LSv: MS .7, LHA 1.0, LPO .7, MPN .5, SUM .5, AHN .5, PH .4, NDB .4, VTA .3, MM .3
CEA: BST 1.3, LHA 1.1, SI .8, PB .9, PAG .8, NTS .4, MRN .3, PVH .2, RAmb .1
MEA: BST 1.2, MPN .8, VMH .8, AHN .4, COA .5, PMv .5, SI .4
GPe: STN 1.5, SNr 1.1, CP 1.0, GPi 1.0, RT .6, PF .3
GPi: VAL .7, VM .6, LH .5, PPN .6, PF .4, CM .3
SI: LHA .8, BLA .8, MD .6, VTA .5, PL .2, AId .3, RT .4, CEA .3
MS NDB: CA1 1.0/.3, CA3 1.0/.3, DG 1.2/.4, SUB .5, ENTm .6, MOB .4, LHA .5, SUM .5, IPN .2
BST: LHA 1.1, VTA .6, PVH .6, CEA .7, PAG .6, MPN .6, DMH .4, PB .4, VMH .3, NTS .2
MOB: AON 2.4/.4, PIR 3.0, OT 1.5, TT .4, COA 1.0, ENTl .7, TR .4
AOB: MEA 1.8, COA 1.6, BST .4
AON: MOB 1.2/1.6, AON 0/1.8, PIR 1.5/.5, OT .8/.3, TT .4
PIR: PIR .8/.2, OT 1.2, AON .8/.4, MOB .8, ENTl .8, COA .6, EPd .6, AI .4, MD .3, BLA .3, ORBl .3
COA TR: PIR .6, MEA .7, ENTl .6, BLA .4, BST .4, LHA .3, OT .4
CA3: CA1 3.2/2.2, CA3 .6/1.5, LS 1.6/.8
CA1: SUB 2.4, ENTm .7, ENTl .6, LS .9, ACB .3, AON .2, PL .2, RSPv .3, MM .1, POST .3
DG: CA3 3.4, DG .5/.9
SUB: ENTm .8, ENTl .5, LS .8, ACB .9, MM 1.6/.6, AV .5/.1, RSPv .9, PRE .5, AM .4, LHA .3, VMH .2
SUB: ILA .2, CA1 .4
ENTl: DG 1.4/.2, CA1 .8/.2, CA3 .6, SUB .5, BLA .5, PERI .5, ACB .4, PIR .4, TEa .2, OT .3, PL .2
ENTm: DG 1.8/.3, CA1 1.0/.2, CA3 .7, SUB .7, POST .4, PAR .5, RSPv .5
PRE PAR POST: ENTm 1.5/.9, RSPv .7, AV .7/.3, LD .5/.2, SUB .4, MM .5, PRE .4/.4, DG .2
CLA: ACAd 1.2/.2, MOs .9/.1, RSPagl .6, VISam .3, ORBvl .6, PL .6, ENTm .3, VISp .2
EPd: PIR 1.0, OT .5, ENTl .5, AI .3
LA: BLA 1.3, CEA .9, AId .3, PERI .4, TEa .5, ACB .4
BLA BMA: ACB 1.8, CEA 1.2, CP .9, BST .7, PL .7/.05, AId .6, MD .5, ILA .4, ENTl .4, SUB .3, CA1 .3
BLA BMA: ACAd .3
LHA: VTA .8, PAG .9, LH .8, SI .6, LS .5, BST .4, PVH .3, MRN .5, PB .4, RAmb .3, MD .2
MPN LPO: LHA .9, VTA .5, PAG .8, VMH .5, PVH .5, BST .5, DMH .6, LH .3, SUM .3
VMH: PAG 1.2/.2, BST .7, MPN .7, AHN .9, CEA .4, MEA .4, LHA .5, PMd .4, SI .4
AHN DMH PH: PAG .9/.2, LHA .6, LS .4, PVH .7, BST .4, MPN .4, VTA .2, RE .3, MRN .3
PVH: LHA .4, PB .5, NTS .6, PAG .4, BST .3, DMH .3
MM: AV 1.6, AM 1.0, TRN .6
STN: GPe 1.3, GPi .9, SNr 1.3, PPN .5, CP .3
ZI: PO .8, SCm .8, PAG .5, APN .6, MRN .4, PRNr .4, PF .3, RE .2
SNr: SCm 1.4/.1, VM 1.1, MRN .8, PPN .7, PF .4, MD .4, PAG .3
VTA: ACB 2.0, CP .5, OT .8, LHA .5, SI .4, LS .3, PL .4, BLA .3, LH .3, ACAd .1
SNc: CP 3.0, GPe .3
IC: MG 1.8/.3, IC 0/1.0, SOC .7, NLL .5, PG .4, SCm .4, CUN .5, CN .3
APN: PO .7, ZI .8, LP .4, SCm .4, PG .6, IO .5, RN .2
MRN: PRNr .7/.2, PAG .7/.1, ZI .5, CM .3, PPN .5, SCm .5, GRN .3/.2, LHA .4
PAG: MRN .6, LHA .7, PB .4, CUN .5, RAmb .3, GRN .4, MD .2, PF .3, CS .2, ZI .3
PPN CUN: SNr .5, STN .3, SCm .6, PF .4, VTA .4, CP .2, PRNr .5/.2, GRN .4, IC .4, LH .1
RN: VII .1/.6, SPVI .1/.4, PARN .1/.9, IO .6, MDRN .1/.9, CU 0/.4, IP 0/.4, PRNc .1/.3
IPN RAmb CS: LHA .5, MS .5, SUM .3, LH .3, VTA .3, DG .3, SUB .2, PL .2
PG: SIM .4/1.4, AN .6/2.2, PRM .3/1.1, PFL .4/1.3, DEC .5/.9, FOTU .3/.5, CUL .3/.6, PYR .3/.5
PG: COPY .1/.4, DN .1/.4
TRN: SIM .7/1.0, AN .6/.9, DEC .7/.8, CUL .7/.8, PYR .4/.4, UVU .4/.4, IP .4/.5, FN .2/.2
PB: CEA 1.3, BST .7, LHA .8, VPMpc .6, PVH .4, SI .4, DMH .4, NTS .4, CM .3
PSV: VPM .4/2.2, SCm .1/.5, ZI .1/.5, PO .1/.7, SPVI .4, V .4, VII .4
SOC NLL: IC 2.0/.9, SOC .2/.5, NLL .6
PRNr PRNc: GRN .8/.3, MRN .4, PRNr .4/.3, IRN .3/.2, SCm .3, ZI .2, MDRN .4/.2, VII .2/.1
SPVC SPVI SPVO: VPM .2/1.7, PO .1/.8, SCm .1/.7, ZI .1/.5, PB .7/.4, SPVC .5/.1, SPVI .5/.1, VII .6
SPVC SPVI SPVO: PARN .6, IO 0/.4, AN .5, PRM .5, SIM .4
CU GR DCN: VPL .05/2.4, ZI .05/.5, IC .05/.6, SCm 0/.4, PO 0/.4, APN 0/.3, IO 0/.5, PRM .4, COPY .4
CU GR DCN: SIM .3
DCO VCO: IC .4/2.2, SOC 1.0/.9, NLL .2/1.0, DCO .4/.2, MG 0/.1
NTS: PB 1.6/.3, PVH .5, CEA .4, BST .3, LHA .3, DMH .2, GRN .2, IRN .5, PARN .4
IO: SIM 0/1.1, AN 0/1.8, PRM 0/.9, PFL 0/.8, DEC 0/.9, CUL 0/1.0, PYR 0/.6, UVU 0/.6, CENT 0/.6
IO: COPY 0/.4, FN 0/.5, IP 0/.7, DN 0/.5
MV VNC: MV .3/1.0, UVU .7/.5, NOD .8/.6, FL .6/.4, FN .4/.4, PRNc .3/.4, PAG .2/.3, IO .3
MV VNC: PRP .4/.3, GRN .2/.3
GRN MDRN PARN IRN: PRNc .5/.3, MRN .3/.3, VII .6/.4, GRN .5/.5, IRN .5/.4, PB .5/.2, PAG .3/.1
GRN MDRN PARN IRN: ZI .1/.2, PARN .4/.3, MDRN .4/.4, FN .3/.3, SIM .1/.1
VERM: FN 2.8/.2, MV .5, IP .2
SIM AN PRM COPY: IP 2.6, DN 1.4
PFL FL: DN 1.7, MV .9, IP .4
FN: MV .6/.9, PRNc .2/.7, GRN .2/.9, VM .05/.5, VAL .03/.3, SCm .1/.7, PAG .1/.5, PRNr .1/.5
FN: IO 0/.4, PARN .1/.4, CUL .1/.1
IP: RN .05/1.8, VAL .04/1.4, VM .03/.7, ZI .03/.6, SCm .03/.6, PO 0/.4, PRNr .05/.4, IO 0/.7
IP: APN 0/.5, PG 0/.2, AN .3, SIM .3
DN: VAL .05/1.9, RN .05/.9, VM .03/.7, MD 0/.5, SCm .03/.6, ZI .03/.6, IO 0/.6, APN 0/.6, PF 0/.4
DN: TRN 0/.4, PG 0/.3, AN .3
"""
"""Named pathways: target, ipsilateral / contralateral strength, marks.

Sources of one line share one topographic map. ``~0`` and ``~1`` reverse it along AP and from
medial to lateral; ``^X`` gathers the terminals near the border with X.
"""

GENERIC = """
Isocortex: Isocortex 1, OLF 0.3, HPF 0.25, CTXsp 0.6, STR 0.3, PAL 0.05, TH 0.2, HY 0.08, MB 0.15
Isocortex: P 0.1, MY 0.04
OLF: Isocortex 0.2, OLF 1, HPF 0.4, CTXsp 0.6, STR 0.4, PAL 0.3, TH 0.05, HY 0.2
HPF: Isocortex 0.3, OLF 0.25, HPF 1, CTXsp 0.4, STR 0.3, PAL 0.3, TH 0.2, HY 0.25, MB 0.04
CTXsp: Isocortex 0.6, OLF 0.6, HPF 0.5, CTXsp 0.6, STR 0.7, PAL 0.5, TH 0.2, HY 0.4, MB 0.12
CTXsp: P 0.04
STR: STR 0.15, PAL 0.7, TH 0.04, HY 0.4, MB 0.4, P 0.08
PAL: Isocortex 0.12, OLF 0.2, HPF 0.25, CTXsp 0.2, STR 0.4, PAL 0.5, TH 0.4, HY 0.6, MB 0.4, P 0.08
TH: Isocortex 0.4, HPF 0.1, CTXsp 0.25, STR 0.4, TH 0.12, HY 0.08
HY: Isocortex 0.06, OLF 0.08, HPF 0.12, CTXsp 0.3, STR 0.3, PAL 0.6, TH 0.4, HY 1, MB 0.7, P 0.35
HY: MY 0.15
MB: Isocortex 0.02, CTXsp 0.04, STR 0.12, PAL 0.2, TH 0.6, HY 0.5, MB 0.9, P 0.7, MY 0.4, CB 0.04
P: PAL 0.04, TH 0.3, HY 0.3, MB 0.6, P 0.8, MY 0.7, CB 0.2
MY: TH 0.2, HY 0.12, MB 0.5, P 0.8, MY 1, CB 0.3
CBN: TH 0.2, MB 0.25, P 0.25, MY 0.4
CBX: CB 0.05, MY 0.05
"""
"""Generic strength from a division to divisions; what is not named is not connected.

The cerebellum is divided into its nuclei (CBN) and its cortex (CBX) as a source.
"""
