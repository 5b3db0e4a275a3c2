import type { Finding, Verdict } from '../report/schema.js';

export type Violation = NonNullable<Finding['violation']>;

/** What an index says of a case, beside its row: who is right, in the words of those who looked at it. */
export interface Statement {
  /** The patches at issue and the good versions, by message-id or, until the mails are read, as commits; empty where the index names none. */
  readonly atIssue: readonly string[];
  readonly good: readonly string[];
  /** Violations that the race is one of; empty where its words name none that the program knows. */
  readonly violations: readonly Violation[];
  /** Functions and objects of the kernel that the words name. */
  readonly names: readonly string[];
  /** Files that the patches change. */
  readonly files: readonly string[];
  readonly race: string;
}

/** One row of an index. */
export interface Case {
  readonly id: string;
  /** Relative to the folder of the index. */
  readonly file: string;
  readonly arch: string;
  readonly topic: string;
  readonly label: string;
  readonly expects: Expects;
  readonly statement: Statement;
  /** Patches at issue of the other cases: what is stated of a patch holds wherever it is sent again. */
  readonly elsewhere?: readonly Flagged[];
}

/** A patch that a case finds wanting, by its subject in lower case without what stands in brackets. */
export interface Flagged {
  readonly subject: string;
  readonly violations: readonly Violation[];
}

/**
 * What a label asks for: `race` - somebody stated one (BUGGY, REJECTED, CONTESTED); `silence` - none may be introduced (CLEAN, FIX, NEGATIVE);
 * `nothing` - there is no patch to judge (REPORT, CONTEXT), or the label is not known.
 */
export type Expects = 'race' | 'silence' | 'nothing';

export interface Index {
  readonly cases: readonly Case[];
  /** Rows that could not be read, each a sentence with its line. */
  readonly faults: readonly string[];
}

/** A finding, and whether it is what the index states. */
export interface Told {
  readonly id: string;
  readonly status: Finding['status'];
  readonly violation: Finding['violation'];
  readonly scenario: string;
  readonly axes: Finding['axes'];
  readonly patch: string;
  readonly summary: string;
  readonly match: Match;
}

/** `stated`: violation and place agree. `stated-elsewhere`: another case says so of the same patch. Else the first thing that does not agree. */
export type Match = 'stated' | 'stated-elsewhere' | 'other-violation' | 'other-place' | 'other-patch';

/**
 * What became of a case. `found`, `not-stated` (something is introduced, and it is not the stated race), `not-modelled` and `missed` for a
 * stated race; `false-alarm` and `silent` for a patch that has none; `unjudged` where the label asks for nothing; `unread` where there is
 * nothing to review in the file.
 */
export type Fate = 'found' | 'not-stated' | 'not-modelled' | 'missed' | 'false-alarm' | 'silent' | 'unjudged' | 'unread';

export interface CaseResult {
  readonly case: Case;
  /** Of the reviews of the patches at issue where there are such, else of all; null where there is none. */
  readonly verdict: Verdict | null;
  readonly fate: Fate;
  readonly told: readonly Told[];
  /** Reasons of what is not modelled. */
  readonly notModelled: readonly { readonly what: string; readonly why: string }[];
  readonly reviews: readonly {
    readonly title: string;
    readonly version: number;
    readonly kind: 'series' | 'pasted';
    readonly verdict: Verdict;
  }[];
  /** What could not be read of the file. */
  readonly problems: readonly string[];
}

export interface Summary {
  /** Cases by fate. */
  readonly fates: Readonly<Record<Fate, number>>;
  readonly stated: { readonly cases: number; readonly found: number; readonly notModelled: number };
  readonly falseAlarms: readonly string[];
}
