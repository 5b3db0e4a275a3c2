import { join, resolve } from 'node:path';

/** Real mails are kept beside the project, or where FAULTLINE_SHARED says. */
export const threads = join(process.env['FAULTLINE_SHARED'] ?? resolve('..', 'shared'), 'threads');

/** The threads that the limits are about. */
export const SOURCES = {
  kvm: join(threads, 'seeds', 'seed-004-kvm-arm64-tlbi-table.mbox'),
  riscv: join(threads, 'corpus', '001-riscv-new-vmalloc-rfc-v1-v2.mbox'),
  quoted: join(threads, 'seeds', 'seed-000-riscv-new-vmalloc-reply.mbox'),
} as const;

/** Columns as wide as their widest cell; numbers to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (/^[\d.,]+(?: \w+)?$/.test(cell) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
