import { allocation } from './allocation.js';
import { entries } from './entries.js';
import { locks } from './locks.js';
import { memory } from './memory.js';
import { powerpc } from './powerpc.js';
import { rcu } from './rcu.js';
import { riscv } from './riscv.js';
import { s390 } from './s390.js';
import { translation } from './translation.js';
import { tasks } from './tasks.js';
import { traps } from './traps.js';
import { quiescent } from './quiescent.js';
import { sleeping } from './sleeping.js';
import { x86 } from './x86.js';
import { text } from './text.js';
import type { Protocol } from './protocol.js';

/** Every protocol that the machine is tested with. */
export const protocols: readonly Protocol[] = [
  ...tasks,
  ...allocation,
  ...entries,
  ...quiescent,
  ...sleeping,
  ...translation,
  ...rcu,
  ...locks,
  ...memory,
  ...traps,
  ...text,
  ...x86,
  ...s390,
  ...powerpc,
  ...riscv,
];
