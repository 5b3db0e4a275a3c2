import { type Violation, violated } from '../violation.js';

/**
 * use-before-init: a CPU reads what nobody has initialised yet, as far as it can see.
 */
export const useBeforeInit = (cpu: number, name: string, why: string): Violation => violated('use-before-init', `${name} ${why}`, cpu);
