import type { Origin } from '../../../simulator/program/types.js';
import { memoryTree } from '../../source/memory-tree.js';
import type { SourceTree } from '../../source/types.js';

/** A tree of files given as text. Only for tests. */
export const treeOf = (files: Readonly<Record<string, string>>, origin: Origin = 'skeleton'): SourceTree =>
  memoryTree(new Map(Object.entries(files)), origin);
