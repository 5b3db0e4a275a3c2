import { allocation } from './allocation.js';
import { entries } from './entries.js';
import { locks } from './locks.js';
import { memory } from './memory.js';
import { rcu } from './rcu.js';
import { translation } from './translation.js';
import { tasks } from './tasks.js';
import { traps } from './traps.js';
import { quiescent } from './quiescent.js';
import { sleeping } from './sleeping.js';
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
];
