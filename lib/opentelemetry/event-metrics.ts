import type { Meter, MetricOptions } from '@opentelemetry/api';

import { errorType, GRANT_TYPE, OUTCOME, PROVIDER, type Recorders } from './recorders.js';

const RENEWAL_REASON = 'oauth2.renewal.reason';
const TOKEN_ORIGIN = 'oauth2.token.origin';
const TOKEN_STATE = 'oauth2.token.state';
const STORE_OPERATION = 'oauth2.store.operation';

/** Seconds, as OpenTelemetry recommends for the duration of HTTP requests. */
const BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

const durations = (description: string): MetricOptions => ({
  description,
  unit: 's',
  advice: { explicitBucketBoundaries: BOUNDARIES },
});

/** The metrics that events feed. */
export function eventMetrics(meter: Meter): Recorders {
  return {
    ...tokenRequestMetrics(meter),
    ...renewalMetrics(meter),
    ...apiRequestMetrics(meter),
    ...rejectionMetrics(meter),
    ...storeMetrics(meter),
  };
}

function tokenRequestMetrics(meter: Meter): Recorders {
  const requests = meter.createHistogram(
    'oauth2.client.token.request.duration',
    durations('Duration of token requests.'),
  );
  const skew = meter.createGauge('oauth2.client.clock.skew', {
    description: 'Seconds by which the clock of the vendor is ahead; 0 up to a difference of 30.',
    unit: 's',
  });
  return {
    'token_request.ended': ({ provider, grantType, outcome, error, durationMs, clockSkew }) => {
      requests.record(durationMs / 1_000, {
        [PROVIDER]: provider,
        [GRANT_TYPE]: grantType,
        [OUTCOME]: outcome,
        ...errorType(error?.code),
      });
      if (clockSkew !== undefined) skew.record(clockSkew, { [PROVIDER]: provider });
    },
  };
}

function renewalMetrics(meter: Meter): Recorders {
  const renewals = meter.createCounter('oauth2.client.token.renewal', {
    description: 'Renewals that have ended, by the reason for which they began.',
    unit: '{renewal}',
  });
  return {
    'token.obtained': ({ provider, reason, by }) =>
      renewals.add(1, { [PROVIDER]: provider, [RENEWAL_REASON]: reason, [TOKEN_ORIGIN]: by }),
    'token.failed': ({ provider, reason, error }) =>
      renewals.add(1, {
        [PROVIDER]: provider,
        [RENEWAL_REASON]: reason,
        ...errorType(error.code),
      }),
  };
}

function apiRequestMetrics(meter: Meter): Recorders {
  const requests = meter.createCounter('oauth2.client.api.request', {
    description: 'Requests to the API, by the state of their token.',
    unit: '{request}',
  });
  const waitTimes = meter.createHistogram(
    'oauth2.client.api.wait_time',
    durations('Time that requests to the API waited for a token.'),
  );
  return {
    'api_request.authorized': ({ provider, token, waitedMs }) => {
      const attributes = { [PROVIDER]: provider, [TOKEN_STATE]: token };
      requests.add(1, attributes);
      if (token === 'waited') waitTimes.record(waitedMs / 1_000, attributes);
    },
    'api_request.failed': ({ provider, code, waitedMs }) => {
      const attributes = { [PROVIDER]: provider, [TOKEN_STATE]: 'failed', ...errorType(code) };
      requests.add(1, attributes);
      waitTimes.record(waitedMs / 1_000, attributes);
    },
  };
}

function rejectionMetrics(meter: Meter): Recorders {
  const rejections = meter.createCounter('oauth2.client.api.rejection', {
    description: 'API responses that rejected a token.',
    unit: '{response}',
  });
  const resends = meter.createCounter('oauth2.client.api.resend', {
    description: 'Requests that were sent once more after the API had rejected their token.',
    unit: '{request}',
  });
  const withheld = meter.createCounter('oauth2.client.token.renewal_withheld', {
    description: 'Times that the API began to reject tokens that are too new to be renewed.',
    unit: '{occurrence}',
  });
  return {
    'api_request.rejected': ({ provider }) => rejections.add(1, { [PROVIDER]: provider }),
    'api_request.repeated': ({ provider }) => resends.add(1, { [PROVIDER]: provider }),
    'renewal.withheld': ({ provider }) => withheld.add(1, { [PROVIDER]: provider }),
  };
}

function storeMetrics(meter: Meter): Recorders {
  const operations = meter.createCounter('oauth2.client.store.operation', {
    description: 'Operations of the token store, by their outcome.',
    unit: '{operation}',
  });
  return {
    'store.operation': ({ provider, operation, outcome }) =>
      operations.add(1, {
        [PROVIDER]: provider,
        [STORE_OPERATION]: operation,
        [OUTCOME]: outcome,
      }),
  };
}
