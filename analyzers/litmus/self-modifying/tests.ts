import type { Catalog } from '../../../simulator/catalog/load.js';
import type { LitmusTest } from '../../../simulator/litmus/test.js';
import { malformed, unsupported } from '../failure.js';
import { infoOf } from '../file.js';
import type { LitmusFile } from '../syntax.js';
import { arm64 } from './arm64.js';
import { selfModifyingTest } from './front-end.js';
import { riscv } from './riscv.js';

/** `AArch64` tests with self-modifying code. Throws LitmusFailure. */
export function arm64SelfModifying(file: LitmusFile, catalog: Catalog): LitmusTest {
  let idc = false;
  let dic = false;
  for (const { value, at } of infoOf(file, 'CacheType')) {
    for (const word of value.split(/[\s,]+/)) {
      if (word === 'IDC') idc = true;
      // Published verdicts of tests that say DIC alone need no DC either: they are for CPUs with both.
      else if (word === 'DIC') idc = dic = true;
      else if (word !== '') throw malformed(at, 'IDC or DIC', `\`${word}\``);
    }
  }
  for (const { key, value, at } of file.info) {
    if (/^(?:TTHM|EL0)$/i.test(key)) throw unsupported(at, `${key}=${value} in self-modifying tests`);
  }
  const setting = new Map<string, string | number | boolean>([
    ['CTR_EL0.IDC', idc],
    ['CTR_EL0.DIC', dic],
    // Litmus tests do not tell the local form of IC IALLU from the one that all CPUs take part in.
    ['HCR_EL2.FB', true],
  ]);
  return selfModifyingTest(file, catalog, arm64, setting);
}

/** `RISCV` tests with self-modifying code; the fetch model is the axis `riscv-fetch`. Throws LitmusFailure. */
export const riscvSelfModifying = (file: LitmusFile, catalog: Catalog): LitmusTest =>
  selfModifyingTest(file, catalog, riscv, new Map([['riscv-fetch', 'Ziccif-only']]));
