import { type Violation, violated } from '../violation.js';

/** assertion: what a scenario states does not hold. */
export const assertion = (cpu: number, name: string, why: string): Violation => violated('assertion', `${name}: ${why}`, cpu);
