// What the schedule, the instances and the checker agree on. Times are in milliseconds.

/** `deadline` of each provider: one renewal with all its attempts. */
export const DEADLINE = 3_000;

/** The life of a lock that nobody releases: the deadline of the renewal that took it, and 5 s. */
export const LOCK_LIFE = DEADLINE + 5_000;

/** axios `timeout` of each API call. */
export const CALL_TIMEOUT = 5_000;

/** How much later than its bound a call may end: the machine is loaded, and timers are late. */
export const SLACK = 1_500;

/** How soon after the last fault every account must be served. */
export const RECOVERY = 5_000;

/** A round of the schedule: faults, then a calm in which the accounts must recover. */
export const ROUND = { faults: 16_000, calm: 10_000 };

/** Milliseconds between two calls of one instance. */
export const CALL_EVERY = 40;

/** What every secret contains. A place that must hold no secret must not contain it. */
export const CANARY = 'canary-';

/**
 * The accounts that every instance calls with. `person` is whose tokens these are at the vendor; `family` is
 * where the configured refresh token stands in the file that the operator writes.
 */
export const ACCOUNTS = [
  { name: 'login/ama', provider: 'login', subject: 'ama', person: 'ama' },
  { name: 'login/kofi', provider: 'login', subject: 'kofi', person: 'kofi' },
  { name: 'machine', provider: 'machine', person: 'machine' },
  { name: 'solo', provider: 'solo', person: 'solo', family: 'solo' },
  ...['read', 'write'].map((scope) => ({
    name: `consent/esi/${scope}`,
    provider: 'consent',
    subject: 'esi',
    scope,
    person: 'esi',
    family: 'esi',
  })),
  {
    name: 'consent/yaw/read',
    provider: 'consent',
    subject: 'yaw',
    scope: 'read',
    person: 'yaw',
    family: 'yaw',
  },
  ...['east', 'west'].map((subject) => ({
    name: `tenants/${subject}`,
    provider: 'tenants',
    subject,
    person: 'owner',
    family: 'owner',
  })),
];

/** Seconds that an access token of each provider lives. */
export const LIFE = { login: 3, machine: 2, solo: 2, consent: 4, tenants: 3 };

/** People whose refresh token an operator configures. */
export const FAMILIES = ['solo', 'esi', 'yaw', 'owner'];
