import { expect, it } from 'vitest';
import { assert, call, element, equal, field, load, type Scene, store, str, symbol } from '../testing/build.js';
import { explored, violations } from '../testing/run.js';

/** A node of an object is found in a list, and the object is asked for by the node. */
const scene = (member: string): Scene => ({
  cpus: {
    P0: [
      store(field(symbol('slot'), 'id'), 7, 'plain'),
      store(field(element('list', 0), 'first'), field(symbol('slot'), 'node'), 'plain'),
      load('node', field(element('list', 0), 'first'), 'plain'),
      call(
        'container_of',
        [{ k: 'index', base: { k: 'local', name: 'node' }, index: { k: 'int', value: 1n }, size: 16 }, str(member)],
        'slot',
      ),
      load('id', field({ k: 'local', name: 'slot' }, 'id'), 'plain'),
      assert(equal('id', 7)),
    ],
  },
});

it.each(['node[1]', 'node[idx]', 'node[side(a)]'])(
  'the object of an element of its array, named %s: which one it is, the pointer says',
  (member) => {
    expect(violations(scene(member))).toEqual([]);
  },
);

it.each(['id', 'other[1]', 'slot.node[1]'])('what is no member %s of it is said', (member) => {
  expect(explored(scene(member)).run.stuck.join()).toContain('does not name a member');
});
