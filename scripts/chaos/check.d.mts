/** A line of a history: when, who wrote it, what it tells, and what goes with that. */
export interface Line {
  readonly t: number;
  readonly by: string;
  readonly e: string;
  readonly [member: string]: unknown;
}

/** A rule that a history breaks. */
export interface Violation {
  readonly rule: string;
  readonly text: string;
  /** The history around it. */
  readonly lines: readonly Line[];
}

export function check(lines: readonly Line[]): Violation[];
