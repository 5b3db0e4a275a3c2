import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';

/** The YAML package, loaded when somebody needs it: that takes longer than a small review, and the build leaves what it would read. */
export const yaml = (): typeof Yaml => createRequire(import.meta.url)('yaml') as typeof Yaml;

/** The value of a YAML text. */
export const parseYaml = (text: string): unknown => yaml().parse(text) as unknown;
