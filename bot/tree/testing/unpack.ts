import { testTree } from './trees.js';

/** Before all tests, so that none of them has to wait for it. */
export default function unpackTrees(): void {
  testTree('6.12');
  testTree('6.1');
}
