import { type FunctionText, statements, withBody } from './function-text.js';

/** An edit that changes nothing the code does; null where the function has no place for it. */
export interface Preserving {
  readonly name: string;
  readonly edit: (fn: FunctionText, name: string) => string | null;
}

/** Names of plain variables that the body declares at its beginning. */
function locals(body: string): string[] {
  const names: string[] = [];
  for (const line of body.split('\n')) {
    const found = /^\t(?:const |unsigned |struct )*\w+(?: long| int)? \*?(\w+)(?: = [^;]+)?;$/.exec(line);
    if (found?.[1] !== undefined && !/^\t(?:return|goto|else)\b/.test(line)) names.push(found[1]);
  }
  return names;
}

/** Offset in the body behind its declarations: where the first statement may stand. */
function afterDeclarations(body: string): number {
  let at = 1;
  for (const line of body.slice(1).split('\n')) {
    if (
      line !== '' &&
      !/^\t(?:const |unsigned |struct |enum |static |bool |int |u\d+ |s\d+ |long |void |\w+_t |pte_t |\w+ \*)[^;()]*(?:[;,{]|= .*)$/.test(
        line,
      ) &&
      !/^\t[\t }]/.test(line)
    )
      break;
    at += line.length + 1;
  }
  return at;
}

const insert = (body: string, at: number, text: string): string => body.slice(0, at) + text + body.slice(at);

export const PRESERVING: readonly Preserving[] = [
  { name: 'a comment', edit: (fn) => withBody(fn, `\n\t/* Nothing changes here. */${fn.body}`) },
  {
    name: 'another name for a local',
    edit: (fn) => {
      const [local] = locals(fn.body);
      return local === undefined ? null : withBody(fn, fn.body.replace(new RegExp(`(?<![.>\\w])${local}\\b`, 'g'), `${local}_now`));
    },
  },
  { name: 'a message', edit: (fn, name) => withBody(fn, insert(fn.body, afterDeclarations(fn.body), `\tpr_debug("in ${name}\\n");\n`)) },
  {
    name: 'two declarations change places',
    edit: (fn) => {
      const pair = /^(\t(?:unsigned |struct )*\w+(?: long| int)? \*?\w+;\n)(\t(?:unsigned |struct )*\w+(?: long| int)? \*?\w+;\n)/m.exec(
        fn.body,
      );
      return pair ? withBody(fn, fn.body.replace(pair[0], `${pair[2] ?? ''}${pair[1] ?? ''}`)) : null;
    },
  },
  {
    name: 'braces around a statement',
    edit: (fn) => {
      const [first] = statements(fn.body);
      return first
        ? withBody(
            fn,
            fn.body.replace(`\t${first.text}`, () => `\t{\n\t\t${first.text}\n\t}`),
          )
        : null;
    },
  },
  {
    name: 'a barrier or flush once more',
    edit: (fn) => {
      // Braces keep it under what governs the first.
      const flush =
        /^(\t+)((?:dsb|isb|smp_\w*mb|local_flush\w*|flush_tlb\w*|__flush\w+|__tlbi\w*|tlb_flush\w*|ptesync)\([^;{}]*\);)$/m.exec(fn.body);
      const [whole, indent = '', call = ''] = flush ?? [];
      return whole === undefined
        ? null
        : withBody(
            fn,
            fn.body.replace(whole, () => `${indent}{\n${indent}\t${call}\n${indent}\t${call}\n${indent}}`),
          );
    },
  },
  {
    name: 'a statement in a function of its own',
    edit: (fn, name) => {
      const inner = new Set(locals(fn.body));
      const call = statements(fn.body).find(
        ({ text }) => (text.match(/\w+/g) ?? []).slice(1).every((word) => /^\d/.test(word)) && inner.size >= 0,
      );
      if (!call) return null;
      const from = fn.text.lastIndexOf('\n\n', fn.open) + 2;
      const helper = `static void ${name}_part(void)\n{\n\t${call.text}\n}\n\n`;
      const body = fn.body.replace(`\t${call.text}`, () => `\t${name}_part();`);
      return fn.text.slice(0, from) + helper + fn.text.slice(from, fn.open + 1) + body + fn.text.slice(fn.close);
    },
  },
  {
    name: 'two independent assignments change places',
    edit: (fn) => {
      const found = adjacentAssignments(fn.body);
      return found
        ? withBody(
            fn,
            fn.body.replace(found.text, () => `${found.second}${found.first}`),
          )
        : null;
    },
  },
  {
    name: 'an assignment moves into the section behind it',
    edit: (fn) => {
      const pair =
        /^(\t+(\w+) = [^;(){}]+;\n)((?:\n)?\t+(?:spin_lock|write_lock|raw_spin_lock|preempt_disable|local_irq_disable|rcu_read_lock)\([^;]*\);\n)/m.exec(
          fn.body,
        );
      const [whole, assignment, local] = pair ?? [];
      if (whole === undefined || assignment === undefined || local === undefined || !locals(fn.body).includes(local)) return null;
      const lock = whole.slice(assignment.length);
      return new RegExp(`\\b${local}\\b`).test(lock)
        ? null
        : withBody(
            fn,
            fn.body.replace(whole, () => `${lock}${assignment}`),
          );
    },
  },
  {
    name: 'a condition the other way round',
    edit: (fn) => {
      const found = /\bif \(!(\w+)\)\n(\t+)(return[^;\n]*;)\n/.exec(fn.body);
      const [whole, name, indent, leave] = found ?? [];
      return whole === undefined || leave === undefined
        ? null
        : withBody(
            fn,
            fn.body.replace(
              whole,
              () =>
                `if (${name ?? ''}) {\n${indent ?? ''};\n${(indent ?? '').slice(1)}} else {\n${indent ?? ''}${leave}\n${(indent ?? '').slice(1)}}\n`,
            ),
          );
    },
  },
];

/** Two assignments in a row to plain variables of the function, neither of which reads what the other writes, nor memory, nor calls. */
function adjacentAssignments(body: string): { readonly text: string; readonly first: string; readonly second: string } | null {
  const own = new Set(locals(body));
  const pair = /^(\t+(\w+) = ([^;(){}*[\]>]+);\n)(\t+(\w+) = ([^;(){}*[\]>]+);\n)/gm;
  for (const [text, first = '', a = '', readsA = '', second = '', b = '', readsB = ''] of body.matchAll(pair)) {
    const reads = (expression: string, name: string): boolean => new RegExp(`\\b${name}\\b`).test(expression);
    if (a !== b && own.has(a) && own.has(b) && !reads(readsA, b) && !reads(readsB, a)) return { text, first, second };
  }
  return null;
}
