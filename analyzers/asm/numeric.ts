import type { Statement } from './types.js';

/** Gives each numeric label (`1:`) and each reference to one (`1b`, `1f`) a name of its own, in the order of the file. */
export function nameNumericLabels(statements: readonly Statement[]): Statement[] {
  const seen = new Map<string, number>();
  return statements.map((statement): Statement => {
    if (statement.k === 'label' && /^\d+$/.test(statement.name)) {
      const number = (seen.get(statement.name) ?? 0) + 1;
      seen.set(statement.name, number);
      return { ...statement, name: `.Lnumeric_${statement.name}$${number}` };
    }
    if (statement.k !== 'line' || !/\d[bf]/.test(statement.rest)) return statement;
    const rest = statement.rest.replace(/(?<![\w.$"])(\d+)([bf])(?![\w.$"])/g, (_, digits: string, way: string) => {
      return `.Lnumeric_${digits}$${(seen.get(digits) ?? 0) + (way === 'f' ? 1 : 0)}`;
    });
    return { ...statement, rest };
  });
}
