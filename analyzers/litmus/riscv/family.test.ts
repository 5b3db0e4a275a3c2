import { describe, expect, it } from 'vitest';
import { runLitmus } from '../../../simulator/litmus/run.js';
import { kindShown, membersOf, parseMember, readTable, settingOf, tablesOf } from './testing/family.js';

/** Axes on which hardware may be stronger than the weakest hart that the manuals allow, and the value that makes it so. */
const AXES = [
  'invalid-entries:early',
  'invalid-entries:early-until-fence',
  'walk-cache:false',
  'asid:false',
  'global:fenced',
  'sinval:fence',
  'Svvptc:true',
  'Svadu:true',
];

const dashed = (axis: string): string => axis.replace(':', '-');

describe('tests of translation fences on riscv', () => {
  const members = membersOf('riscv-vm');

  it('each argues its verdict', () => {
    for (const { name, text } of members) {
      expect(text, name).toMatch(/^RISCV \S+\n\(\* Protocol: /);
      expect(text, name).toMatch(/\n {3}Argument: [^]*(?:"|chapter|specification|volume)/);
    }
  });

  it('have tables that say what their headers say, one an axis', () => {
    const tables = tablesOf('riscv-vm');
    expect([...tables.values()].sort()).toEqual(['', ...AXES.map(dashed)].sort());
    for (const [file, axis] of tables) {
      const known = AXES.find((each) => dashed(each) === axis) ?? '';
      const headers = members.map(({ name, verdicts }) => [name, verdicts.axes.get(known) ?? verdicts.weakest]);
      expect(Object.fromEntries(readTable('riscv-vm', file)), file).toEqual(Object.fromEntries(headers));
    }
  });

  it('name no axis that is none', () => {
    for (const { name, verdicts } of members)
      expect(
        [...verdicts.axes.keys()].filter((axis) => !AXES.includes(axis)),
        name,
      ).toEqual([]);
  });

  it.each(['', ...AXES])('run as they argue: %s', (axis) => {
    const shown = members.map((member) => {
      const wanted = member.verdicts.axes.get(axis) ?? member.verdicts.weakest;
      return `${member.name} ${kindShown(runLitmus(parseMember(member, settingOf(axis))), wanted)}`;
    });
    expect(shown).toEqual(members.map(({ name, verdicts }) => `${name} ${verdicts.axes.get(axis) ?? verdicts.weakest}`));
  });

  it('tell each axis from the weakest hart, but for Svvptc, which bounds time alone', () => {
    for (const axis of AXES)
      expect(
        members.some(({ verdicts }) => verdicts.axes.has(axis)),
        axis,
      ).toBe(axis !== 'Svvptc:true');
  });
});

describe.each(['riscv-rvwmo', 'riscv-fetch'])('%s', (family) => {
  const members = membersOf(family);

  it('runs as its headers argue', () => {
    const shown = members.map((member) => `${member.name} ${kindShown(runLitmus(parseMember(member)), member.verdicts.weakest)}`);
    expect(shown).toEqual(members.map(({ name, verdicts }) => `${name} ${verdicts.weakest}`));
    expect(Object.fromEntries(readTable(family, 'kinds.txt'))).toEqual(
      Object.fromEntries(members.map(({ name, verdicts }) => [name, verdicts.weakest])),
    );
  });
});
