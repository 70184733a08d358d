import { Inject, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';

import { OAuth2ClientError } from '../core/errors.js';
import { unknownProvider } from '../core/unknown-provider.js';
import type { TokenProvider } from '../lifecycle/token-provider.js';
import { clientsOf, isVerifiable, type OAuth2Client } from '../module/app-providers.js';
import {
  DISABLED,
  problemOf,
  reportOf,
  severestOf,
  type OAuth2HealthReport,
} from './health-report.js';

/** Milliseconds that a check waits for a token if it may ask for one. */
const TIMEOUT = 5_000;

/** Options of a health check. */
export interface OAuth2HealthOptions {
  /**
   * Obtains a token where there is none, so that a refused login shows before a call needs it. A provider with a
   * `subject` function or with single-use tokens is only looked at. Default `false`: the check sends nothing.
   */
  readonly verify?: boolean | undefined;
  /** Milliseconds that the check waits with `verify`. The renewal continues after that. Default 5,000. */
  readonly timeout?: number | undefined;
}

/**
 * Health checks for `@nestjs/terminus`, 11 or 12. It finds the providers of the whole app. Add it to the `providers` of
 * the module that imports `TerminusModule`:
 *
 * ```ts
 * health.check([() => oauth2.check('acme')]); // or oauth2.checkAll()
 * ```
 *
 * `down` fails the health check (503). `degraded` does not: Terminus 12.1 answers 200 with the status `degraded`, and
 * earlier versions, which do not know it, answer 200 with the status `up`; `state` says it in both. A provider that
 * nobody has used yet is `up`, with the state `unknown`.
 */
@Injectable()
export class OAuth2HealthIndicator {
  readonly #terminus: HealthIndicatorService;
  readonly #modules: ModulesContainer;

  constructor(
    @Inject(HealthIndicatorService) terminus: HealthIndicatorService,
    @Inject(ModulesContainer) modules: ModulesContainer,
  ) {
    this.#terminus = terminus;
    this.#modules = modules;
  }

  /**
   * Checks one provider.
   *
   * @throws {OAuth2ClientError} `PROVIDER_UNKNOWN`, with the known names
   */
  async check(name: string, options: OAuth2HealthOptions = {}): Promise<HealthIndicatorResult> {
    const clients = clientsOf(this.#modules);
    const known = clients.filter(({ providers }) => providers.has(name));
    if (known.length === 0) {
      const names = clients.flatMap(({ providers }) => providers.names);
      throw unknownProvider(name, names, 'configuration');
    }
    const reports = await Promise.all(known.map((client) => checkOne(client, name, options)));
    return this.#resultOf(name, severestOf(reports));
  }

  /** Checks all providers of the app, each under its name. */
  async checkAll(options: OAuth2HealthOptions = {}): Promise<HealthIndicatorResult> {
    const names = new Set(clientsOf(this.#modules).flatMap(({ providers }) => providers.names));
    const results = await Promise.all([...names].map((name) => this.check(name, options)));
    return Object.assign({}, ...results) as HealthIndicatorResult;
  }

  #resultOf(name: string, report: OAuth2HealthReport): HealthIndicatorResult {
    const result: Outcomes = this.#terminus.check(name);
    const data = { ...report };
    // Once the next attempt is due, calls must reach the service again: one of them makes it.
    const isWaiting = report.state === 'down' && report.retryInSeconds !== 0;
    if (isWaiting) return result.down(data);
    const isImpaired = report.state === 'down' || report.state === 'degraded';
    return isImpaired && result.degraded ? result.degraded(data) : result.up(data);
  }
}

/** What the versions of Terminus have in common, and `degraded`, which 12.1 has added. */
interface Outcomes {
  up(data: Record<string, unknown>): HealthIndicatorResult;
  down(data: Record<string, unknown>): HealthIndicatorResult;
  degraded?(data: Record<string, unknown>): HealthIndicatorResult;
}

async function checkOne(
  { providers, definitions, clock }: OAuth2Client,
  name: string,
  { verify = false, timeout = TIMEOUT }: OAuth2HealthOptions,
): Promise<OAuth2HealthReport> {
  const provider = providers.get(name);
  const definition = definitions.get(name)!;
  if (definition.enabled === false) return DISABLED;
  if (!(provider as Partial<TokenProvider>).statuses) return { state: 'unknown' }; // a test double
  const problem = verify && isVerifiable(definition) && (await failureOf(provider, timeout));
  const [own, ...others] = provider.statuses();
  const report = reportOf(own!, others, clock.now());
  return problem ? { ...report, ...problem, state: 'down' } : report;
}

/** Asks for a token, and says why there is none. */
async function failureOf(
  provider: TokenProvider,
  timeout: number,
): Promise<ReturnType<typeof problemOf> | undefined> {
  const signal = AbortSignal.timeout(timeout);
  try {
    await provider.getToken({ signal });
    return undefined;
  } catch (error) {
    if (error instanceof OAuth2ClientError) return problemOf(error, error.retryAfter || undefined);
    if (!signal.aborted) throw error;
    const reason = `There was no token within ${timeout / 1_000} s.`;
    return problemOf({ code: 'TOKEN_REQUEST_TIMEOUT', reason }, undefined);
  }
}
