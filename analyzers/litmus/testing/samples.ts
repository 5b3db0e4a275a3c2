/** Whole litmus tests of our own, with much of the format in little room; tests cut and change them. */
export const samples: readonly string[] = [
  `AArch64 unmap-then-read
(* an entry is made invalid, and flushed *)
Variant=vmsa
TTHM=P1:HA
{
 int x=1;
 [PTE(x)]=(oa:PA(x), af:0);
 0:X1=(oa:PA(x), valid:0); 0:X2=PTE(x); 0:X3=x; uint64_t 0:X4=7;
 1:X3=x; 1:X6=P1:L0;
}
 P0              | P1          | P1.F           ;
 STR X1,[X2]     | MOV W5,#1   | ADR X9,L1      ;
 DSB ISH         | L0:         | MSR ELR_EL1,X9 ;
 LSR X9,X3,#12   | LDR W0,[X3] | ERET           ;
 TLBI VAAE1IS,X9 | L1:         |                ;
 DSB ISH         |             |                ;
locations [x;1:X0;]
exists (1:X0=1 /\\ ~fault(P1:L0,x,MMU:Translation)) \\/ [PTE(x)]=(oa:PA(x), af:1)
`,
  `AArch64 exclusive-pair
{ 0:X1=x; 1:X1=x; x=1 }
 P0               | P1                   ;
 LDXR W0,[X1]     | L0: LDAXR W0,[X1]    ;
 ADD W2,W0,#1     | ORR W2,W0,#8         ;
 STXR W3,W2,[X1]  | STLXR W3,W2,[X1]     ;
 CBNZ W3,out      | CBNZ W3,L0           ;
 out:             | LDR W4,[X1,W3,UXTW]  ;
forall (0:X3=0 => not x=1)
`,
];
