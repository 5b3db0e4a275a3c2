import { compileA64, labelWords, type A64Code } from '../../asm/arm64/compile.js';
import { A64Failure, type A64Line, type Surroundings } from '../../asm/arm64/types.js';
import { parseInstruction } from '../columns.js';
import { malformed, unsupported } from '../failure.js';
import { Source } from '../source.js';
import type { Line, Position } from '../syntax.js';
import type { Text } from './document.js';

/** Assembly as a list of lines, as it stands in a string. */
export interface Listing {
  /** Names it in source references. */
  readonly name: string;
  readonly at: Position;
  readonly lines: readonly Line[];
}

const LABEL = /^\s*([A-Za-z_.$][\w.$]*|[0-9]+):/;

/** Takes a listing apart: labels, one instruction a line, `//` and slash-star comments. */
export function parseListing(name: string, { text, at }: Text): Listing {
  const source = new Source(text, at);
  const plain = source.withoutComments('c');
  const lines: Line[] = [];
  let offset = 0;
  for (const row of plain.split('\n')) {
    let from = 0;
    for (let found = LABEL.exec(row); found; found = LABEL.exec(row.slice(from))) {
      lines.push({ k: 'label', name: found[1] ?? '', at: source.position(offset + from) });
      from += found[0].length;
    }
    const rest = row.slice(from);
    const start = from + rest.length - rest.trimStart().length;
    if (rest.trim() !== '') lines.push({ k: 'instruction', ...parseInstruction(rest.trim(), source.position(offset + start)) });
    offset += row.length + 1;
  }
  return { name, at, lines: withoutLocalLabels(lines) };
}

/** GNU as: `1:` may stand many times, `1f` and `1b` are the next and the last one. Here each gets a name of its own. */
function withoutLocalLabels(lines: readonly Line[]): Line[] {
  const nameOf = (line: number, label: string): string => `${label}@${line}`;
  const find = (operand: string, from: number): string => {
    const found = /^([0-9]+)([fb])$/.exec(operand);
    if (!found) return operand;
    const [, label = '', way] = found;
    const step = way === 'f' ? 1 : -1;
    for (let i = from; i >= 0 && i < lines.length; i += step) {
      const line = lines[i];
      if (line?.k === 'label' && line.name === label) return nameOf(i, label);
    }
    return operand;
  };
  return lines.map((line, i): Line => {
    if (line.k === 'label') return /^[0-9]/.test(line.name) ? { ...line, name: nameOf(i, line.name) } : line;
    return { ...line, operands: line.operands.map((operand) => ({ ...operand, text: find(operand.text, i) })) };
  });
}

/** Machine word that each label stands at. */
export const labelsOf = (listing: Listing): ReadonlyMap<string, number> => inListing(listing, () => labelWords(a64(listing)));

/** Compiles a listing. Throws LitmusFailure. */
export const compileListing = (listing: Listing, surroundings: Surroundings, offset = 0): A64Code =>
  inListing(listing, () => compileA64(a64(listing), surroundings, offset));

const a64 = ({ name, lines }: Listing): A64Line[] =>
  lines.map((line): A64Line => {
    if (line.k === 'label') return { k: 'label', name: line.name };
    const { mnemonic, operands, at } = line;
    return {
      k: 'instruction',
      mnemonic,
      operands: operands.map((each) => each.text),
      at: { file: name, line: at.line, origin: 'scenario' },
    };
  });

/** Does something with the lines; what is wrong with one of them is wrong at its place in the file. */
function inListing<T>(listing: Listing, what: () => T): T {
  try {
    return what();
  } catch (error) {
    if (!(error instanceof A64Failure)) throw error;
    const line = listing.lines[error.line];
    const { fault } = error;
    const at = line?.at ?? listing.at;
    if (fault.k === 'unsupported') throw unsupported(at, fault.feature);
    const operand = line?.k === 'instruction' && fault.operand !== null ? line.operands[fault.operand] : undefined;
    const text = operand?.text ?? (line?.k === 'instruction' ? line.text : (line?.name ?? ''));
    throw malformed(operand?.at ?? at, fault.expected, `\`${text.slice(0, 40)}\``);
  }
}
