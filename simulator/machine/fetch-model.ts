import { axisTrue, axisValue, type Setup } from '../interp/setup.js';
import type { Arch } from '../program/arch.js';

/** What makes a store known to instruction fetches, and what an instruction fetch makes wait. */
export interface FetchModel {
  /**
   * What brings a store to a later fetch. `coherent`: nothing has to; `clean`: DC CVAU; `invalidate`: IC IVAU; `clean-invalidate`: the one,
   * then the other. How much later is a matter of the fetch floor.
   */
  readonly needs: 'coherent' | 'clean' | 'invalidate' | 'clean-invalidate';
  /** Fetches of one CPU are made in program order. */
  readonly inOrder: boolean;
  /** Each fetch comes before later accesses of these kinds; what the fetched instruction does itself comes after its fetch always. */
  readonly before: { readonly reads: boolean; readonly writes: boolean };
  /** riscv: `fence.i` puts earlier fetches, its own among them, before later ones, as it does with earlier loads and stores. */
  readonly fenceOrdersFetches: boolean;
}

const NONE = { reads: false, writes: false };
const ALL = { reads: true, writes: true };

/**
 * riscv. A store reaches fetches by itself; when, is bound by `fence.i` alone (RISC-V unprivileged ISA, "Zifencei Extension for
 * Instruction-Fetch Fence"), and an instruction's accesses come after its fetch (same manual, "RVWMO"). The other rows are what is proposed
 * on top of it, by the names that the published table of verdicts uses; `Ziccid` is the operational model in the manual's chapter
 * "Ziccid Extension for Instruction/Data Coherence and Consistency", the others are readings still under discussion.
 */
const RISCV: Readonly<Record<string, FetchModel>> = {
  'Ziccif-only': { needs: 'coherent', inOrder: false, before: NONE, fenceOrdersFetches: false },
  Ziccid: { needs: 'coherent', inOrder: true, before: ALL, fenceOrdersFetches: true },
  'ir-decode-w': { needs: 'coherent', inOrder: false, before: { reads: false, writes: true }, fenceOrdersFetches: false },
  'ir-decode': { needs: 'coherent', inOrder: false, before: ALL, fenceOrdersFetches: false },
  'ir3-fetch': { needs: 'coherent', inOrder: false, before: NONE, fenceOrdersFetches: true },
};

/**
 * arm64 (Arm ARM DDI 0487, "Concurrent modification and execution of instructions" and "CTR_EL0, Cache Type Register"; Simner et al.,
 * "ARMv8-A System Semantics: Instruction Fetch in Relaxed Architectures", ESOP 2020). IDC = 1 does without DC CVAU, DIC = 1 without
 * IC IVAU. A fetch comes before all that later instructions do, other than their fetches. Where caches need no invalidation, a fetch that
 * reads old text keeps all older fetches before the store that it missed: fetches in program order.
 */
const arm64 = (idc: boolean, dic: boolean): FetchModel => ({
  needs: dic ? (idc ? 'coherent' : 'clean') : idc ? 'invalidate' : 'clean-invalidate',
  inOrder: dic,
  before: ALL,
  fenceOrdersFetches: false,
});

/**
 * x86. Instruction caches are coherent with stores, but what was fetched early is executed as it was: only a serializing instruction of the
 * CPU that executes it is promised to do away with that (Intel SDM vol. 3, "Handling Self- and Cross-Modifying Code"; AMD APM vol. 2,
 * "Cross-Modifying Code"). Bytes of one instruction are fetches of their own, in no order; accesses come after the fetches of older
 * instructions, for loads are done in program order. Taking an interrupt and coming back from it is not taken to serialise (weaker than IRET;
 * FRED's ERETS is not among the serializing instructions).
 */
const X86: FetchModel = { needs: 'coherent', inOrder: false, before: ALL, fenceOrdersFetches: false };

/** Architectures whose instruction fetch is modelled. */
export const hasFetchModel = (arch: Arch): boolean => arch === 'arm64' || arch === 'riscv' || arch === 'x86';

/** The model of a setting. What nobody chose is the weakest that the architecture allows. */
export function fetchModel(setup: Setup): FetchModel {
  const chosen = (axis: string): string | number | boolean =>
    setup.setting.has(axis) || setup.axes.has(axis) ? axisValue(setup, axis) : false;
  if (setup.arch === 'arm64') return arm64(axisTrue(chosen('CTR_EL0.IDC')), axisTrue(chosen('CTR_EL0.DIC')));
  if (setup.arch === 'x86') return X86;
  const name = chosen('riscv-fetch');
  const model = name === false ? RISCV['Ziccif-only'] : RISCV[String(name)];
  if (!model) throw new Error(`axis riscv-fetch has the value ${String(name)}`);
  return model;
}
