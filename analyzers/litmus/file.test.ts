import { describe, expect, it } from 'vitest';
import { parseColumns, parseInstruction } from './columns.js';
import { LitmusFailure } from './failure.js';
import { infoOf, parseFile } from './file.js';
import type { LitmusFile, Proposition } from './syntax.js';

const MP = `AArch64 MP+ours
"a title"
(* message passing, (* nested *) with { in a comment *)
Variant=vmsa
variant = Fatal
some words that say nothing
{
 int x = 1; uint64_t 0:X1; [PTE(x)]=(oa:PA(y), valid:0, attrs:(Normal, NC));  // flag
 int *p = &x; int a[2] = {1, -2};
 0:X0=P1:here; 1:X5=label:"P1:here"; 1:X6=instr:"B there"; z
}
 P0          | P1           | P1.F   ;
 MOV W0,#1   | here:        |        ; (* a comment; with | both *)
 STR W0,[X1] | there: L9:
                 LDR W2,[X3,W4,SXTW #2] | ERET   ;
locations [x; 0:X1 int; fault(P0,x);]
filter x=1
~exists (0:X1=(oa:PA(x)) \\/ not (1:X2=1 /\\ 1:X3=1:X4) => fault(P1:here,x,MMU:Permission))
`;

const failureOf = (text: string): LitmusFailure['failure'] => {
  try {
    parseColumns(parseFile(text));
  } catch (error) {
    if (error instanceof LitmusFailure) return error.failure;
    throw error;
  }
  throw new Error('parsed');
};

/** `line:column expected … found …`. */
const complaint = (text: string): string => {
  const failure = failureOf(text);
  if (failure.k === 'unsupported')
    return `${String(failure.unsupported.line)}:${String(failure.unsupported.column)} ${failure.unsupported.feature}`;
  const { line, column, expected, found } = failure.malformed;
  return `${String(line)}:${String(column)} expected ${expected}, found ${found}`;
};

function show(p: Proposition): string {
  switch (p.k) {
    case 'and':
    case 'or':
    case 'implies':
      return `(${show(p.a)} ${p.k} ${show(p.b)})`;
    case 'not':
      return `!${show(p.of)}`;
    case 'constant':
      return String(p.holds);
    case 'fault':
      return 'fault';
    case 'equal':
    case 'differ':
      return p.left.k === 'name' ? p.left.name : p.left.k;
  }
}

const condition = (text: string): string => show(parseFile(`C t\n{ }\n\n${text}`).condition);

describe('parseFile', () => {
  const file: LitmusFile = parseFile(MP);

  it('reads name, architecture and the lines before the initial state', () => {
    expect([file.arch, file.name]).toEqual(['AArch64', 'MP+ours']);
    expect(infoOf(file, 'VARIANT').map(({ value, at }) => `${value} ${String(at.line)}`)).toEqual(['vmsa 4', 'Fatal 5']);
  });

  it('reads each form of an initial value', () => {
    const shown = file.init.map(({ type, pointer, target, length, value }) => ({
      type: `${type ?? '-'}${pointer ? '*' : ''}`,
      target: target.k === 'register' ? `${String(target.thread)}:${target.name}` : target.k === 'apply' ? target.fn : target.name,
      length,
      value: value?.k ?? '-',
    }));
    expect(shown).toEqual([
      { type: 'int', target: 'x', length: null, value: 'number' },
      { type: 'uint64_t', target: '0:X1', length: null, value: '-' },
      { type: '-', target: 'PTE', length: null, value: 'fields' },
      { type: 'int*', target: 'p', length: null, value: 'name' },
      { type: 'int', target: 'a', length: 2, value: 'list' },
      { type: '-', target: '0:X0', length: null, value: 'qualified' },
      { type: '-', target: '1:X5', length: null, value: 'label' },
      { type: '-', target: '1:X6', length: null, value: 'instruction' },
      { type: '-', target: 'z', length: null, value: '-' },
    ]);
    expect(file.init[2]?.value).toMatchObject({
      fields: [
        { key: 'oa', values: [{ k: 'apply', fn: 'PA', of: { name: 'y' } }] },
        { key: 'valid', values: [{ k: 'number', value: 0n }] },
        { key: 'attrs', values: [{ name: 'Normal' }, { name: 'NC' }] },
      ],
    });
  });

  it('reads columns with labels before and above instructions', () => {
    const columns = parseColumns(file);
    expect(columns.map(({ thread, handler }) => `${String(thread)}${handler ? 'F' : ''}`)).toEqual(['0', '1', '1F']);
    const [p0, p1, handler] = columns;
    expect(p0?.lines.map((line) => (line.k === 'label' ? line.name : line.text))).toEqual(['MOV W0,#1', 'STR W0,[X1]']);
    expect(p1?.lines.map((line) => (line.k === 'label' ? `${line.name}:` : line.operands.map((each) => each.text)))).toEqual([
      ...['here:', 'there:', 'L9:'],
      ['W2', '[X3,W4,SXTW #2]'],
    ]);
    expect(handler?.lines).toMatchObject([{ mnemonic: 'ERET', operands: [] }]);
  });

  it('knows where everything stands', () => {
    expect(file.init[1]?.at).toEqual({ line: 8, column: 13 });
    const load = parseColumns(file)[1]?.lines[3];
    expect(load?.at).toEqual({ line: 15, column: 18 });
    expect(load?.k === 'instruction' && load.operands[1]?.at).toEqual({ line: 15, column: 25 });
  });

  it('reads what is looked at in the end', () => {
    expect(file.locations.map((each) => (each.k === 'fault' ? 'fault' : each.target.k))).toEqual(['name', 'register', 'fault']);
    expect(file.filter).toMatchObject({ k: 'equal', left: { name: 'x' } });
    expect(file.quantifier).toBe('not-exists');
    expect(show(file.condition)).toBe('(register or (!(register and register) implies fault))');
  });

  it('binds not closest, then implication, and, or', () => {
    expect(condition('exists a=1 \\/ b=1 /\\ c=1 => ~d=1 /\\ e=1')).toBe('(a or ((b and (c implies !d)) and e))');
    expect(condition('forall (a=1 \\/ b=1) /\\ true')).toBe('((a or b) and true)');
    expect(condition('locations [x;]')).toBe('true');
  });

  it('says that a test was cut off before its condition', () => {
    expect(() => condition('')).toThrow('malformed');
  });

  it('leaves the text of a C program alone', () => {
    const text = 'C t\n{\n}\nP0(int *x)\n{\n\tWRITE_ONCE(*x, 1); /* exists */ // final\n\tf(*x) + (*x);\n}\nexists (x=1)\n';
    expect(parseFile(text).body.text).toContain('f(*x) + (*x);');
    expect(parseFile(text).quantifier).toBe('exists');
  });
});

describe('parseInstruction', () => {
  it('splits at commas outside brackets', () => {
    const { mnemonic, operands } = parseInstruction(' ldr w0, [x1, w2, sxtw #2] , foo(a,b)', { line: 3, column: 5 });
    expect([mnemonic, ...operands.map((each) => each.text)]).toEqual(['ldr', 'w0', '[x1, w2, sxtw #2]', 'foo(a,b)']);
  });
});

describe('a text that is no test', () => {
  const program = (init: string, rows: string, end = 'exists x=1'): string => `AArch64 t\n{${init}}\n${rows}\n${end}\n`;

  it.each([
    ['', '1:1 expected an architecture and the name of the test, found the end of the text'],
    ['AArch64\n', '1:1 expected an architecture and the name of the test, found `AArch64`'],
    ['AArch64 t\n', '2:1 expected `{` and the initial state, found the end of the text'],
    ['AArch64 t\n{ x=1;\n', '3:1 expected `}` at the end of the initial state, found the end of the text'],
    [program('x=;', 'P0;'), '2:4 expected a value, found `;`'],
    [program('x=1 y=2', 'P0;'), '2:6 expected `;`, found `y`'],
    [program('0:X1=(oa x)', 'P0;'), '2:11 expected `)`, found `x`'],
    [program('x=^', 'P0;'), '2:4 expected a name, a number or an operator, found `^`'],
    [program('', ''), '2:3 expected a row of threads, like `P0 | P1 ;`, found no program'],
    [program('', 'P0 | Q1 ;'), '3:6 expected a thread, like `P0`, found `Q1`'],
    [program('', 'P0 | P0 ;'), '3:6 expected each thread once, found another `P0`'],
    [program('', 'P0 | P1.F ;'), '3:6 expected a column `P1` for this handler, found none'],
    [program('', 'P0 ;\nNOP | NOP ;'), '4:7 expected at most 1 columns, found `NOP`'],
    [program('', 'P0 ;', 'exists (x=1'), '5:1 expected `)`, found the end of this part'],
    [program('', 'P0 ;', 'exists x=1 y=2'), '4:12 expected `/\\`, `\\/` or the end of the condition, found `y`'],
    [program('', 'P0 ;', 'exists 1:X0'), '5:1 expected `=`, found the end of this part'],
    [program('', 'P0 ;', 'locations [x'), '5:1 expected `;`, found the end of this part'],
    [program('', 'P0 ;', 'observed x=1;'), '4:1 observed'],
    [program('', 'P0 ;', `exists ${'('.repeat(100_000)}`), '4:209 expected at most 200 nested parentheses or operators, found `(`'],
    [program('', 'P0 (* open ;'), '3:4 expected `*)` at the end of this comment, found the end of the text'],
  ])('%#: is told where and what', (text, expected) => {
    expect(complaint(text)).toBe(expected);
  });
});
