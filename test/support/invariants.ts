import { randomBytes } from 'node:crypto';
import { globalAgent } from 'node:http';

import { expect } from '@jest/globals';
import { isAxiosError, type AxiosRequestConfig, type AxiosResponse } from 'axios';
import { firstValueFrom } from 'rxjs';

import { OAuth2ClientError } from '../../lib/index.js';
import { acme, CLIENT_ID, CLIENT_SECRET } from './acme.js';
import { rejection } from './collect.js';
import { FakeVendor, type Answer } from './fake-vendor.js';
import { HastyClock } from './manual-clock.js';
import { App } from './nest-app.js';
import { idle } from './provider-bench.js';
import { expectNoSecret } from './secrets.js';

const STAGES = ['configuration', 'credentials', 'token request', 'token response', 'api request'];
const LEVELS = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;
const PASSWORD = 'zW4+nQ7/yR2-tB9=';

/** What a caller was given for a call. */
type Outcome = Pick<AxiosResponse, 'status' | 'data'> | AxiosResponse | Error;

/** What holds whatever the fault, and what a test says beside it. */
export interface Conditions {
  /** Changes to the definition under attack; a function gets its vendor. */
  readonly definition?:
    Readonly<Record<string, unknown>> | ((vendor: FakeVendor) => Readonly<Record<string, unknown>>);
  /** Token requests that the fault may cost at most. */
  readonly tokenRequests: number;
  /** Whether calls work again once the vendor does. Default `true`. */
  readonly recovers?: boolean;
}

/** An app with a provider under attack, and another one that must not notice. */
export class Trial {
  readonly clock = new HastyClock();
  readonly secrets: string[] = [
    CLIENT_SECRET,
    PASSWORD,
    Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64'),
  ];
  app!: App;

  private constructor(
    /** The vendor under attack. */
    readonly vendor: FakeVendor,
    /** The one beside it. */
    readonly bystander: FakeVendor,
  ) {
    vendor.onToken = () => this.grant();
    bystander.onToken = () => bystander.grant({ expires_in: 31_536_000 });
  }

  static async prepare(): Promise<Trial> {
    return new Trial(await FakeVendor.start(), await FakeVendor.start());
  }

  async start(definition: Conditions['definition'] = {}): Promise<void> {
    const changes = typeof definition === 'function' ? definition(this.vendor) : definition;
    this.app = await App.start({
      runtime: { clock: this.clock, random: () => 0 },
      providers: [acme(this.vendor, changes), acme(this.bystander, { name: 'bystander' })],
    });
  }

  /** A token that nothing else looks like, so that eight characters of it are enough to know it by. */
  grant(members: object = {}): Answer {
    const [access_token, refresh_token] = [this.secret(), this.secret()];
    this.vendor.live.add(access_token);
    return { body: { access_token, refresh_token, expires_in: 3_600, ...members } };
  }

  /** A value that must turn up nowhere. */
  secret(): string {
    const value = randomBytes(18).toString('base64url');
    this.secrets.push(value);
    return value;
  }

  readonly call = (config: AxiosRequestConfig = {}, provider = 'acme'): Promise<AxiosResponse> =>
    firstValueFrom(this.app.http(provider).request({ url: '/orders', ...config }));

  async close(): Promise<void> {
    await Promise.all([this.app?.close(), this.vendor.close(), this.bystander.close()]);
  }
}

/** Credentials of a person, for definitions that take some. */
export const PERSON = { grantType: 'password', username: 'ama', password: PASSWORD } as const;

/**
 * Runs a fault, and checks that what always holds has held: errors, secrets, rejections, the number of
 * token requests, the other provider, timers and sockets, and that all is well when the fault is over.
 *
 * @param fault gives back whatever callers were given
 */
export async function underInvariants(
  { definition, tokenRequests, recovers = true }: Conditions,
  fault: (trial: Trial) => Promise<readonly unknown[]>,
): Promise<void> {
  const trial = await Trial.prepare();
  const printed = captureConsole();
  try {
    await trial.start(definition);
    await trial.call({}, 'bystander');
    const outcomes = await fault(trial);
    expect(outcomes).not.toHaveLength(0);
    await idle(); // jest fails the test for a rejection that nobody has handled until here
    expect(trial.vendor.tokenRequests.length).toBeLessThanOrEqual(tokenRequests);
    await expectNothingOpen(trial);
    if (recovers) await expectRecovery(trial);
    await expectUnaffected(trial);
    for (const outcome of outcomes) expectSound(outcome as Outcome, trial);
    const { lines } = trial.app.log;
    for (const seen of [lines, printed.lines, trial.app.tokens('acme').status()]) {
      expectNoSecret(seen, trial.secrets);
    }
    expect(printed.lines).toEqual([]);
  } finally {
    printed.restore();
    await trial.close();
  }
}

/** The same for a definition that is refused: the app does not start, and nobody is asked anything. */
export async function refusedAtStart(
  definition: Conditions['definition'],
): Promise<OAuth2ClientError> {
  const trial = await Trial.prepare();
  const printed = captureConsole();
  try {
    const error = (await rejection(trial.start(definition))) as OAuth2ClientError;
    await idle();
    expectSound(error, trial);
    expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID', stage: 'configuration' });
    expect([trial.vendor.tokenRequests, trial.clock.pending, printed.lines]).toEqual([[], 0, []]);
    return error;
  } finally {
    printed.restore();
    await trial.close();
  }
}

/** An error of ours that names provider and stage, or one of axios about the API; never a secret. */
function expectSound(outcome: Outcome, { vendor, secrets }: Trial): void {
  expectNoSecret(outcome, secrets);
  if (!(outcome instanceof Error)) return;
  if (isAxiosError(outcome)) {
    const gaveUp = ['ERR_CANCELED', 'ECONNABORTED'].includes(outcome.code ?? '');
    expect([outcome.code, gaveUp || vendor.apiRequests.length > 0]).toEqual([outcome.code, true]);
    return;
  }
  expect(outcome).toBeInstanceOf(OAuth2ClientError);
  const { provider, stage, message, reason, hint } = outcome as OAuth2ClientError;
  expect([provider, STAGES.includes(stage), stage]).toEqual([
    expect.stringMatching(/^(acme|providers\[0\])/),
    true,
    stage,
  ]);
  expect([message.startsWith(`[${provider}] `), reason === '', hint === '']).toEqual([
    true,
    false,
    false,
  ]);
}

/** One token request in all, whatever happens beside it; no token but its own. */
async function expectUnaffected(trial: Trial): Promise<void> {
  const { bystander, vendor, app, secrets } = trial;
  const { status } = await trial.call({}, 'bystander');
  expect([status, app.tokens('bystander').status().failures]).toEqual([200, 0]);
  expect(bystander.tokenRequests).toHaveLength(1);
  expectNoSecret(
    bystander.apiRequests.map(({ headers, text }) => [headers, text]),
    secrets,
  );
  expect(vendor.apiRequests.filter(({ token }) => token?.startsWith('access-token'))).toEqual([]);
}

/** Connections end in turns of the event loop, not in time: as many as it takes, within reason. */
async function expectNothingOpen({ clock, vendor }: Trial): Promise<void> {
  const { sockets, requests } = globalAgent;
  const inUse = () =>
    [sockets, requests].flatMap(Object.keys).filter((name) => name.includes(`:${vendor.port}:`))
      .length;
  for (let turn = 0; turn < 5_000 && inUse() + clock.pending > 0; turn++) await idle();
  expect({ timers: clock.pending, sockets: inUse() }).toEqual({ timers: 0, sockets: 0 });
}

/** No promise is poisoned: once the vendor is well and the longest pause is over, calls work. */
async function expectRecovery(trial: Trial): Promise<void> {
  const { vendor, clock } = trial;
  vendor.onToken = () => trial.grant();
  vendor.onApi = (request) => vendor.protect(request);
  clock.advance(3_700_000);
  expect((await trial.call()).status).toBe(200);
}

/** What is printed past the logger of Nest. */
function captureConsole(): { readonly lines: unknown[][]; restore(): void } {
  const lines: unknown[][] = [];
  const originals = LEVELS.map((level) => [level, console[level]] as const);
  for (const level of LEVELS) console[level] = (...parts: unknown[]) => void lines.push(parts);
  return {
    lines,
    restore: () => {
      for (const [level, original] of originals) console[level] = original;
    },
  };
}
