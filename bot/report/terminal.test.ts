import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseReportText, type Report } from './schema.js';
import { renderTerminal } from './terminal.js';

function load(name: string): Report {
  const read = parseReportText(readFileSync(new URL(`../../fixtures/reports/${name}.json`, import.meta.url), 'utf8'));
  if (!read.ok) throw new Error(read.error);
  return read.report;
}

describe('renderTerminal', () => {
  it.each(['kvm-arm64', 'riscv'])('says the same with colours: %s', (name) => {
    const coloured = renderTerminal(load(name), { colour: true, width: 80 });
    expect(coloured).toContain('\u001b[');
    expect(stripVTControlCharacters(coloured)).toBe(renderTerminal(load(name), { colour: false, width: 80 }));
  });

  it('starts with the verdict', () => {
    expect(renderTerminal(load('riscv'), { colour: false, width: 80 })).toMatch(/^introduced: diff pasted in </);
  });

  it('says what could not be read, and that nothing was found', () => {
    const report = { ...load('riscv'), reviews: [] };
    expect(renderTerminal(report, { colour: false, width: 80 })).toBe(
      'fresh.mbox: nothing was found to review.\nnot read: mail 3 of 5 has no text part\n',
    );
  });
});
