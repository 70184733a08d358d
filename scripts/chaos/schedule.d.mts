/** Times in milliseconds since the start. */
export interface Schedule {
  readonly seconds: number;
  readonly rounds: readonly {
    readonly from: number;
    readonly calm: number;
    readonly until: number;
  }[];
  readonly faults: readonly {
    readonly at: number;
    readonly until: number;
    readonly kind: string;
    readonly instance?: number;
  }[];
}

export function scheduleOf(options: {
  readonly seed: number;
  readonly seconds: number;
  readonly instances: number;
}): Schedule;
