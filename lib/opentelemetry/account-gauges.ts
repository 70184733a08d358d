import type { Attributes, BatchObservableResult, Meter, Observable } from '@opentelemetry/api';

import type { TokenProvider } from '../lifecycle/token-provider.js';
import type { OAuth2Client } from '../module/app-providers.js';
import { errorType, PROVIDER } from './recorders.js';

const ACCOUNT_STATE = 'oauth2.account.state';

/**
 * Observes the accounts of an app whenever metrics are collected.
 *
 * @returns ends it
 */
export function observeAccounts(meter: Meter, clients: readonly OAuth2Client[]): () => void {
  const expiryGauge = meter.createObservableGauge('oauth2.client.token.time_to_expiry', {
    description: 'Seconds until the first usable token of a provider expires; 0 if there is none.',
    unit: 's',
  });
  const accountGauge = meter.createObservableGauge('oauth2.client.account', {
    description: 'Accounts in memory, by state.',
    unit: '{account}',
  });
  const expiry = new Readings();
  const accounts = new Readings();
  const collect = (result: BatchObservableResult) => {
    expiry.reset();
    accounts.reset();
    for (const { providers, clock } of clients) {
      for (const name of providers.names) {
        read(providers.get(name), clock.now(), expiry, accounts);
      }
    }
    expiry.report(result, expiryGauge);
    accounts.report(result, accountGauge);
  };
  const gauges = [expiryGauge, accountGauge];
  meter.addBatchObservableCallback(collect, gauges);
  return () => meter.removeBatchObservableCallback(collect, gauges);
}

/** @param provider a test may have replaced it by an object without `statuses()` */
function read(
  provider: Partial<TokenProvider>,
  now: number,
  expiry: Readings,
  accounts: Readings,
): void {
  for (const status of provider.statuses?.() ?? []) {
    const { provider: name, state, expiresAt } = status;
    const attributes = { [PROVIDER]: name, [ACCOUNT_STATE]: state };
    accounts.at({ ...attributes, ...errorType(status.errorCode) }).value++;
    if (expiresAt === undefined || (state !== 'up' && state !== 'degraded')) continue;
    const reading = expiry.at(attributes);
    const seconds = Math.max(0, expiresAt - now) / 1_000;
    reading.value = reading.value === 0 ? seconds : Math.min(reading.value, seconds);
  }
}

/** The values of a gauge. The SDK repeats values that are not observed any more, so what has gone is observed as 0. */
class Readings {
  readonly #readings = new Map<string, { readonly attributes: Attributes; value: number }>();

  at(attributes: Attributes): { value: number } {
    const key = JSON.stringify(attributes);
    const reading = this.#readings.get(key) ?? { attributes, value: 0 };
    this.#readings.set(key, reading);
    return reading;
  }

  reset(): void {
    for (const reading of this.#readings.values()) reading.value = 0;
  }

  report(result: BatchObservableResult, gauge: Observable): void {
    for (const { attributes, value } of this.#readings.values()) {
      result.observe(gauge, value, attributes);
    }
  }
}
