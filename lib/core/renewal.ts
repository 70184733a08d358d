import { attempts, type AttemptTools } from './attempts.js';
import type { Instant } from './clock.js';
import { OAuth2ClientError } from './errors.js';
import type { Slot } from './slot.js';
import type { TokenSet } from './token-set.js';
import { renewShared } from './shared-renewal.js';
import type { PreparedGrants, TokenAttempt, TokenSource } from './token-source.js';
import type { TokenStore } from './token-store.js';

/** What a token endpoint granted, and when it was asked. */
interface Answer {
  readonly tokens: TokenSet;
  readonly startedAt: Instant;
}

/** What a renewal brought. */
export interface Renewal extends Answer {
  readonly by: 'login' | 'refresh' | 'store';
  /** The refusal that made it log in although there was a refresh token. */
  readonly refusal?: OAuth2ClientError | undefined;
}

/** Renews the token of a slot: from the store, by its refresh token, or by login. */
export async function renew(
  provider: string,
  source: TokenSource,
  slot: Slot,
  tools: AttemptTools,
  store: { store: TokenStore; onFailure: () => void } | undefined,
): Promise<Renewal> {
  const grants = await source.prepare(slot.target, tools.signal);
  const acquire = (refreshToken: string | undefined) =>
    acquireBy(provider, source, slot, grants, refreshToken, tools);
  return store
    ? renewShared({ ...store, key: grants.accountKey() }, slot.tokens, tools, acquire)
    : acquire(slot.tokens?.refreshToken);
}

/** By the refresh token if there is one, else, or if it is refused, by login. */
async function acquireBy(
  provider: string,
  source: TokenSource,
  slot: Slot,
  grants: PreparedGrants,
  refreshToken: string | undefined,
  tools: AttemptTools,
): Promise<Renewal> {
  let refusal: OAuth2ClientError | undefined;
  if (refreshToken !== undefined && grants.refresh && !slot.refreshRefused) {
    try {
      return { by: 'refresh', ...(await ask(grants.refresh(refreshToken), tools)) };
    } catch (error) {
      if (!(error instanceof OAuth2ClientError) || error.retryable) throw error;
      refusal = error;
    }
  }
  const answer = await logIn(provider, slot, grants.login, tools, refusal);
  if (refusal && !source.refreshDocumented) slot.refreshRefused = true;
  return { by: 'login', ...answer, refusal };
}

async function logIn(
  provider: string,
  slot: Slot,
  login: TokenAttempt,
  tools: AttemptTools,
  refusal: OAuth2ClientError | undefined,
): Promise<Answer> {
  const { spends } = login;
  if (spends !== undefined && spends === slot.spent) throw refreshTokenSpent(provider, refusal);
  try {
    const answer = await ask(login, tools);
    slot.spent = spends;
    return answer;
  } catch (error) {
    if (error instanceof OAuth2ClientError && !error.retryable) slot.spent = spends;
    throw error;
  }
}

async function ask(attempt: TokenAttempt, tools: AttemptTools): Promise<Answer> {
  const answer = await attempts(attempt.policy, tools, async (startedAt) => ({
    tokens: await attempt.run(tools.signal, startedAt),
    startedAt,
  }));
  const { spends } = attempt;
  if (spends === undefined || answer.tokens.refreshToken !== undefined) return answer;
  // An answer without a refresh token leaves the old one valid (RFC 6749 §6).
  return { ...answer, tokens: answer.tokens.with({ refreshToken: spends }) };
}

function refreshTokenSpent(
  provider: string,
  refusal: OAuth2ClientError | undefined,
): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'REAUTHENTICATION_REQUIRED',
    provider,
    stage: 'token request',
    reason: 'The refresh token is spent, and there is no other grant to log in with.',
    hint: 'Obtain a new refresh token and configure it as `refreshToken`.',
    status: refusal?.status,
    error: refusal?.error,
    errorDescription: refusal?.errorDescription,
    retryable: false,
    cause: refusal,
  });
}
