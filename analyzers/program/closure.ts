import type { Arch } from '../../simulator/program/arch.js';
import { findInclude, includeDirectories } from '../cpp/includes.js';
import type { SourceTree } from '../source/types.js';

const INCLUDE = /^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]/gm;

/**
 * Every file that compiling `files` may read: what they include, whatever `#if` says. A patch that touches none of these can't change what
 * is compiled from them; finding that out takes no compiling.
 */
export function includeClosure(tree: SourceTree, files: readonly string[], arch: Arch): ReadonlySet<string> {
  const found = new Set<string>();
  const directories = includeDirectories(arch);
  const queue = [...files];
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    const text = tree.read(path)?.text ?? '';
    for (const [, bracket, name] of text.matchAll(INCLUDE)) {
      const included = name === undefined ? null : findInclude(tree, name, bracket === '"', path, directories);
      if (included !== null) queue.push(included);
    }
  }
  return found;
}
