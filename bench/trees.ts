import { kernelVersion } from '../analyzers/source/kernel.js';
import { folderTree } from '../analyzers/source/folder-tree.js';
import { type TestKernel, testTree } from '../bot/tree/testing/trees.js';

/** Unpacks the kernels that tests and benches read, once, and says where they are: `node dist/bench/trees.js`. */
const KERNELS: readonly TestKernel[] = ['6.12', '6.1'];
for (const kernel of KERNELS) {
  const folder = testTree(kernel);
  if (folder === null) continue;
  const version = kernelVersion(folderTree(folder, 'tree'));
  console.log('lacks' in version ? `${folder} lacks ${version.lacks}` : `Linux ${version.text}: ${folder}`);
}
