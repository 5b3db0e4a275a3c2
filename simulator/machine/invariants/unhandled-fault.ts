import { type Violation, violated } from '../violation.js';

/** unhandled-fault: a kernel access ends in oops, panic or stack overflow. Here the kernel says so itself: die(), panic(), a null pointer. */
export const died = (cpu: number, name: string, why: string): Violation =>
  violated('unhandled-fault', `${name} takes a fault that the kernel does not survive (${why})`, cpu);
