import { type Violation, violated } from '../violation.js';

/** unhandled-fault: a kernel access ends in oops, panic or stack overflow. */
const fault = (cpu: number, why: string): Violation => violated('unhandled-fault', why, cpu);

/** The kernel says so itself: die(), panic(), a null pointer. */
export const died = (cpu: number, name: string, why: string): Violation =>
  fault(cpu, `${name} takes a fault that the kernel does not survive (${why})`);

export const nobodyHandles = (cpu: number, name: string): Violation =>
  fault(cpu, `${name} takes a page fault that nothing in the scenario handles`);

export const overflows = (cpu: number, name: string): Violation =>
  fault(cpu, `${name} faults in its fault handler again and again until the stack overflows`);
