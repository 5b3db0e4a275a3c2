import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { metricsTable } from './metrics.js';
import { SCHEMA, shapes } from './schema.js';
import { violationsTable } from './violations.js';

const DOC = readFileSync(new URL('../../docs/report.md', import.meta.url), 'utf8');

describe('docs/report.md', () => {
  it('carries the list of metrics', () => {
    expect(DOC).toContain(metricsTable());
  });

  it('carries the list of violations', () => {
    expect(DOC).toContain(violationsTable());
  });

  it('names the version', () => {
    expect(DOC).toContain(SCHEMA);
  });

  it.each(Object.entries(shapes))('names every field of a %s', (_, fields) => {
    for (const field of fields) expect(DOC).toMatch(new RegExp(`\\b${field}\\b`));
  });
});
