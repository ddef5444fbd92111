"""The part of the Allen mouse brain ontology that the demo brain uses, one structure a line.

Columns: id, acronym, acronym of the parent (``-`` for the root), colour, name; parents before
their children, siblings in the atlas's order.
"""

from __future__ import annotations

ONTOLOGY = """
997       root         -            FFFFFF root
8         grey         root         BFDAE3 Basic cell groups and regions
567       CH           grey         B0F0FF Cerebrum
688       CTX          CH           B0FFB8 Cerebral cortex
695       CTXpl        CTX          70FF70 Cortical plate
315       Isocortex    CTXpl        70FF71 Isocortex
184       FRP          Isocortex    268F45 Frontal pole, cerebral cortex
500       MO           Isocortex    1F9D5A Somatomotor areas
985       MOp          MO           1F9D5A Primary motor area
993       MOs          MO           1F9D5A Secondary motor area
453       SS           Isocortex    188064 Somatosensory areas
322       SSp          SS           188064 Primary somatosensory area
353       SSp-n        SSp          188064 Primary somatosensory area, nose
329       SSp-bfd      SSp          188064 Primary somatosensory area, barrel field
337       SSp-ll       SSp          188064 Primary somatosensory area, lower limb
345       SSp-m        SSp          188064 Primary somatosensory area, mouth
369       SSp-ul       SSp          188064 Primary somatosensory area, upper limb
361       SSp-tr       SSp          188064 Primary somatosensory area, trunk
378       SSs          SS           188064 Supplemental somatosensory area
1057      GU           Isocortex    009C75 Gustatory areas
677       VISC         Isocortex    11AD83 Visceral area
247       AUD          Isocortex    019399 Auditory areas
1011      AUDd         AUD          019399 Dorsal auditory area
1002      AUDp         AUD          019399 Primary auditory area
1027      AUDpo        AUD          019399 Posterior auditory area
1018      AUDv         AUD          019399 Ventral auditory area
669       VIS          Isocortex    08858C Visual areas
402       VISal        VIS          08858C Anterolateral visual area
394       VISam        VIS          08858C Anteromedial visual area
409       VISl         VIS          08858C Lateral visual area
385       VISp         VIS          08858C Primary visual area
425       VISpl        VIS          08858C Posterolateral visual area
533       VISpm        VIS          08858C posteromedial visual area
312782574 VISli        VIS          08858C Laterointermediate area
312782628 VISpor       VIS          08858C Postrhinal area
31        ACA          Isocortex    40A666 Anterior cingulate area
39        ACAd         ACA          40A666 Anterior cingulate area, dorsal part
48        ACAv         ACA          40A666 Anterior cingulate area, ventral part
972       PL           Isocortex    2FA850 Prelimbic area
44        ILA          Isocortex    59B363 Infralimbic area
714       ORB          Isocortex    248A5E Orbital area
723       ORBl         ORB          248A5E Orbital area, lateral part
731       ORBm         ORB          248A5E Orbital area, medial part
746       ORBvl        ORB          248A5E Orbital area, ventrolateral part
95        AI           Isocortex    219866 Agranular insular area
104       AId          AI           219866 Agranular insular area, dorsal part
111       AIp          AI           219866 Agranular insular area, posterior part
119       AIv          AI           219866 Agranular insular area, ventral part
254       RSP          Isocortex    1AA698 Retrosplenial area
894       RSPagl       RSP          1AA698 Retrosplenial area, lateral agranular part
879       RSPd         RSP          1AA698 Retrosplenial area, dorsal part
886       RSPv         RSP          1AA698 Retrosplenial area, ventral part
22        PTLp         Isocortex    009FAC Posterior parietal association areas
312782546 VISa         PTLp         009FAC Anterior area
417       VISrl        PTLp         009FAC Rostrolateral visual area
541       TEa          Isocortex    15B0B3 Temporal association areas
922       PERI         Isocortex    0E9684 Perirhinal area
895       ECT          Isocortex    0D9F91 Ectorhinal area
698       OLF          CTXpl        9AD2BD Olfactory areas
507       MOB          OLF          9AD2BD Main olfactory bulb
151       AOB          OLF          9DF0D2 Accessory olfactory bulb
159       AON          OLF          54BF94 Anterior olfactory nucleus
589       TT           OLF          62D09F Taenia tecta
814       DP           OLF          A4DAA4 Dorsal peduncular area
961       PIR          OLF          6ACBBA Piriform area
631       COA          OLF          61E7B7 Cortical amygdalar area
647       COAp         COA          61E7B7 Cortical amygdalar area, posterior part
566       TR           OLF          A8ECD3 Postpiriform transition area
1089      HPF          CTXpl        7ED04B Hippocampal formation
1080      HIP          HPF          7ED04B Hippocampal region
375       CA           HIP          7ED04B Ammon's horn
382       CA1          CA           7ED04B Field CA1
463       CA3          CA           7ED04B Field CA3
726       DG           HIP          7ED04B Dentate gyrus
822       RHP          HPF          32B825 Retrohippocampal region
909       ENT          RHP          32B825 Entorhinal area
918       ENTl         ENT          32B825 Entorhinal area, lateral part
926       ENTm         ENT          32B825 Entorhinal area, medial part, dorsal zone
843       PAR          RHP          72D569 Parasubiculum
1037      POST         RHP          48C83C Postsubiculum
1084      PRE          RHP          59B947 Presubiculum
502       SUB          RHP          4FC244 Subiculum
703       CTXsp        CTX          8ADA87 Cortical subplate
583       CLA          CTXsp        8ADA87 Claustrum
942       EP           CTXsp        A0EE9D Endopiriform nucleus
952       EPd          EP           A0EE9D Endopiriform nucleus, dorsal part
131       LA           CTXsp        90EB8D Lateral amygdalar nucleus
295       BLA          CTXsp        9DE79C Basolateral amygdalar nucleus
319       BMA          CTXsp        84EA81 Basomedial amygdalar nucleus
780       PA           CTXsp        97EC93 Posterior amygdalar nucleus
623       CNU          CH           98D6F9 Cerebral nuclei
477       STR          CNU          98D6F9 Striatum
485       STRd         STR          98D6F9 Striatum dorsal region
672       CP           STRd         98D6F9 Caudoputamen
493       STRv         STR          80CDF8 Striatum ventral region
56        ACB          STRv         80CDF8 Nucleus accumbens
754       OT           STRv         80CDF8 Olfactory tubercle
275       LSX          STR          90CBED Lateral septal complex
242       LS           LSX          90CBED Lateral septal nucleus
250       LSc          LS           90CBED Lateral septal nucleus, caudal (caudodorsal) part
258       LSr          LS           90CBED Lateral septal nucleus, rostral (rostroventral) part
278       sAMY         STR          80C0E2 Striatum-like amygdalar nuclei
536       CEA          sAMY         80C0E2 Central amygdalar nucleus
403       MEA          sAMY         80C0E2 Medial amygdalar nucleus
803       PAL          CNU          8599CC Pallidum
818       PALd         PAL          8599CC Pallidum, dorsal region
1022      GPe          PALd         8599CC Globus pallidus, external segment
1031      GPi          PALd         8599CC Globus pallidus, internal segment
835       PALv         PAL          A2B1D8 Pallidum, ventral region
342       SI           PALv         A2B1D8 Substantia innominata
826       PALm         PAL          96A7D3 Pallidum, medial region
904       MSC          PALm         96A7D3 Medial septal complex
564       MS           MSC          96A7D3 Medial septal nucleus
596       NDB          MSC          96A7D3 Diagonal band nucleus
809       PALc         PAL          B3C0DF Pallidum, caudal region
351       BST          PALc         B3C0DF Bed nuclei of the stria terminalis
343       BS           grey         FF7080 Brain stem
1129      IB           BS           FF7080 Interbrain
549       TH           IB           FF7080 Thalamus
864       DORsm        TH           FF8084 Thalamus, sensory-motor cortex related
637       VENT         DORsm        FF8084 Ventral group of the dorsal thalamus
629       VAL          VENT         FF8084 Ventral anterior-lateral complex of the thalamus
685       VM           VENT         FF8084 Ventral medial nucleus of the thalamus
709       VP           VENT         FF8084 Ventral posterior complex of the thalamus
718       VPL          VP           FF8084 Ventral posterolateral nucleus of the thalamus
733       VPM          VP           FF8084 Ventral posteromedial nucleus of the thalamus
1008      GENd         DORsm        FF8084 Geniculate group, dorsal thalamus
475       MG           GENd         FF8084 Medial geniculate complex
170       LGd          GENd         FF8084 Dorsal part of the lateral geniculate complex
856       DORpm        TH           FF909F Thalamus, polymodal association cortex related
138       LAT          DORpm        FF909F Lateral group of the dorsal thalamus
218       LP           LAT          FF909F Lateral posterior nucleus of the thalamus
1020      PO           LAT          FF909F Posterior complex of the thalamus
239       ATN          DORpm        FF909F Anterior group of the dorsal thalamus
255       AV           ATN          FF909F Anteroventral nucleus of thalamus
155       LD           ATN          FF909F Lateral dorsal nucleus of thalamus
444       MED          DORpm        FF909F Medial group of the dorsal thalamus
362       MD           MED          FF909F Mediodorsal nucleus of thalamus
571       MTN          DORpm        FF909F Midline group of the dorsal thalamus
181       RE           MTN          FF909F Nucleus of reuniens
51        ILM          DORpm        FF909F Intralaminar nuclei of the dorsal thalamus
599       CM           ILM          FF909F Central medial nucleus of the thalamus
930       PF           ILM          FF909F Parafascicular nucleus
262       RT           DORpm        FF909F Reticular nucleus of the thalamus
958       EPI          DORpm        FF909F Epithalamus
186       LH           EPI          FF909F Lateral habenula
1097      HY           IB           E64438 Hypothalamus
157       PVZ          HY           FF5D50 Periventricular zone
38        PVH          PVZ          FF5D50 Paraventricular hypothalamic nucleus
141       PVR          HY           FF5547 Periventricular region
830       DMH          PVR          FF5547 Dorsomedial nucleus of the hypothalamus
467       MEZ          HY           FF4C3E Hypothalamic medial zone
88        AHN          MEZ          FF4C3E Anterior hypothalamic nucleus
331       MBO          MEZ          FF4C3E Mammillary body
491       MM           MBO          FF4C3E Medial mammillary nucleus
515       MPN          MEZ          FF4C3E Medial preoptic nucleus
693       VMH          MEZ          FF4C3E Ventromedial hypothalamic nucleus
946       PH           MEZ          FF4C3E Posterior hypothalamic nucleus
290       LZ           HY           F2483B Hypothalamic lateral zone
194       LHA          LZ           F2483B Lateral hypothalamic area
226       LPO          LZ           F2483B Lateral preoptic area
470       STN          LZ           F2483B Subthalamic nucleus
797       ZI           LZ           F2483B Zona incerta
313       MB           BS           FF64FF Midbrain
339       MBsen        MB           FF7AFF Midbrain, sensory related
302       SCs          MBsen        FF7AFF Superior colliculus, sensory related
4         IC           MBsen        FF7AFF Inferior colliculus
323       MBmot        MB           FF90FF Midbrain, motor related
381       SNr          MBmot        FF90FF Substantia nigra, reticular part
749       VTA          MBmot        FF90FF Ventral tegmental area
128       MRN          MBmot        FF90FF Midbrain reticular nucleus
294       SCm          MBmot        FF90FF Superior colliculus, motor related
795       PAG          MBmot        FF90FF Periaqueductal gray
1100      PRT          MBmot        FF90FF Pretectal region
215       APN          PRT          FF90FF Anterior pretectal nucleus
616       CUN          MBmot        FF90FF Cuneiform nucleus
214       RN           MBmot        FF90FF Red nucleus
348       MBsta        MB           FF90FF Midbrain, behavioral state related
1052      PPN          MBsta        FFA6FF Pedunculopontine nucleus
165       RAmb         MBsta        FFA6FF Midbrain raphe nuclei
100       IPN          RAmb         FFA6FF Interpeduncular nucleus
1065      HB           BS           FF9B88 Hindbrain
771       P            HB           FF9B88 Pons
1132      P-sen        P            FFAE6F Pons, sensory related
612       NLL          P-sen        FFAE6F Nucleus of the lateral lemniscus
7         PSV          P-sen        FFAE6F Principal sensory nucleus of the trigeminal
867       PB           P-sen        FFAE6F Parabrachial nucleus
398       SOC          P-sen        FFAE6F Superior olivary complex
987       P-mot        P            FFBA86 Pons, motor related
898       PCG          P-mot        FFBA86 Pontine central gray
931       PG           P-mot        FFBA86 Pontine gray
1093      PRNc         P-mot        FFBA86 Pontine reticular nucleus, caudal part
574       TRN          P-mot        FFBA86 Tegmental reticular nucleus
621       V            P-mot        FFBA86 Motor nucleus of trigeminal
1117      P-sat        P            FFC395 Pons, behavioral state related
679       CS           P-sat        FFC395 Superior central nucleus raphe
146       PRNr         P-sat        FFC395 Pontine reticular nucleus
354       MY           HB           FF9BCD Medulla
386       MY-sen       MY           FFA5D2 Medulla, sensory related
607       CN           MY-sen       FFA5D2 Cochlear nuclei
96        DCO          CN           FFA5D2 Dorsal cochlear nucleus
101       VCO          CN           FFA5D2 Ventral cochlear nucleus
720       DCN          MY-sen       FFA5D2 Dorsal column nuclei
711       CU           DCN          FFA5D2 Cuneate nucleus
651       NTS          MY-sen       FFA5D2 Nucleus of the solitary tract
429       SPVC         MY-sen       FFA5D2 Spinal nucleus of the trigeminal, caudal part
437       SPVI         MY-sen       FFA5D2 Spinal nucleus of the trigeminal, interpolar part
445       SPVO         MY-sen       FFA5D2 Spinal nucleus of the trigeminal, oral part
370       MY-mot       MY           FFB3D9 Medulla, motor related
661       VII          MY-mot       FFB3D9 Facial motor nucleus
1048      GRN          MY-mot       FFB3D9 Gigantocellular reticular nucleus
83        IO           MY-mot       FFB3D9 Inferior olivary complex
136       IRN          MY-mot       FFB3D9 Intermediate reticular nucleus
395       MDRN         MY-mot       FFB3D9 Medullary reticular nucleus
1098      MDRNd        MDRN         FFB3D9 Medullary reticular nucleus, dorsal part
1107      MDRNv        MDRN         FFB3D9 Medullary reticular nucleus, ventral part
852       PARN         MY-mot       FFB3D9 Parvicellular reticular nucleus
701       VNC          MY-mot       FFB3D9 Vestibular nuclei
202       MV           VNC          FFB3D9 Medial vestibular nucleus
512       CB           grey         F0F080 Cerebellum
528       CBX          CB           F0F080 Cerebellar cortex
645       VERM         CBX          FFFC91 Vermal regions
912       LING         VERM         FFFC91 Lingula (I)
920       CENT         VERM         FFFC91 Central lobule
928       CUL          VERM         FFFC91 Culmen
936       DEC          VERM         FFFC91 Declive (VI)
944       FOTU         VERM         FFFC91 Folium-tuber vermis (VII)
951       PYR          VERM         FFFC91 Pyramus (VIII)
957       UVU          VERM         FFFC91 Uvula (IX)
968       NOD          VERM         FFFC91 Nodulus (X)
1073      HEM          CBX          FFFC91 Hemispheric regions
1007      SIM          HEM          FFFC91 Simple lobule
1017      AN           HEM          FFFC91 Ansiform lobule
1025      PRM          HEM          FFFC91 Paramedian lobule
1033      COPY         HEM          FFFC91 Copula pyramidis
1041      PFL          HEM          FFFC91 Paraflocculus
1049      FL           HEM          FFFC91 Flocculus
519       CBN          CB           F0F080 Cerebellar nuclei
989       FN           CBN          FFFDBC Fastigial nucleus
91        IP           CBN          FFFDBC Interposed nucleus
846       DN           CBN          FFFDBC Dentate nucleus
1009      fiber_tracts root         CCCCCC fiber tracts
967       cm           fiber_tracts CCCCCC cranial nerves
840       In           cm           CCCCCC olfactory nerve
1016      onl          In           CCCCCC olfactory nerve layer of main olfactory bulb
21        lotg         In           CCCCCC lateral olfactory tract, general
665       lot          lotg         CCCCCC lateral olfactory tract, body
900       aco          In           CCCCCC anterior commissure, olfactory limb
848       IIn          cm           CCCCCC optic nerve
125       opt          IIn          CCCCCC optic tract
832       IIIn         cm           CCCCCC oculomotor nerve
62        mlf          IIIn         CCCCCC medial longitudinal fascicle
901       Vn           cm           CCCCCC trigeminal nerve
229       sV           Vn           CCCCCC sensory root of the trigeminal nerve
794       sptV         sV           CCCCCC spinal tract of the trigeminal nerve
960       cbf          fiber_tracts CCCCCC cerebellum related fiber tracts
752       cbp          cbf          CCCCCC cerebellar peduncles
78        mcp          cbp          CCCCCC middle cerebellar peduncle
728       arb          cbf          CCCCCC arbor vitae
983       lfbs         fiber_tracts CCCCCC lateral forebrain bundle system
776       cc           lfbs         CCCCCC corpus callosum
784       cst          lfbs         CCCCCC corticospinal tract
6         int          cst          CCCCCC internal capsule
924       cpd          cst          CCCCCC cerebal peduncle
190       py           cst          CCCCCC pyramid
991       mfbs         fiber_tracts CCCCCC medial forebrain bundle system
768       mfbc         mfbs         CCCCCC cerebrum related
1099      fxs          mfbc         CCCCCC fornix system
603       fi           fxs          CCCCCC fimbria
73        VS           root         AAAAAA ventricular systems
81        VL           VS           AAAAAA lateral ventricle
129       V3           VS           AAAAAA third ventricle
140       AQ           VS           AAAAAA cerebral aqueduct
145       V4           VS           AAAAAA fourth ventricle
"""
