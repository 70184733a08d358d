import { replacedBy } from '../core/token-set.js';
import { areNew, type Backoff } from '../account/backoff.js';
import type { RenewalResult } from '../account/renewal-result.js';
import { notAfter } from '../core/attempts.js';
import { OAuth2ClientError } from '../core/errors.js';
import type { RenewalInput } from '../sharing/sharing.js';
import { abandonable } from '../util/waiting.js';
import { ask, refresh } from './refresh.js';
import type { GrantContext, RenewalContext } from './renewal-context.js';
import { reauthenticationRequired } from './renewal-failures.js';

/**
 * Renews the token of an account: from the store, with a refresh token, or by login.
 *
 * @param known the back-off, if the account is held back. The renewal then throws the known failure without a token
 * request, unless the credentials have changed
 */
export async function renew(
  context: RenewalContext,
  known: Backoff | undefined,
): Promise<RenewalResult> {
  const { source, account, tools, sharing } = context;
  const { clock, signal } = tools;
  const prepared = source.prepare(account.target);
  const grants = await abandonable(prepared, signal).catch((error: unknown) => {
    throw known?.failure ?? error;
  });
  signal.throwIfAborted(); // the deadline may have passed while the credentials were resolved
  const { accountKey, configuredRefreshToken } = grants;
  if (known && !areNew(known, grants, clock.monotonic())) throw known.failure;
  account.credentials = grants.credentials;
  context.onPrepared({ accountKey, configuredRefreshToken });
  const isFirst = !account.backoff?.failures;
  const obtainFrom = (input: RenewalInput) => obtain({ ...context, grants, input, isFirst });
  return sharing.renew({ account, grants, tools, obtain: obtainFrom });
}

/**
 * Asks the token endpoint: with the refresh token, or else by login. If a refresh fails, the same renewal logs in. If
 * the failure shows that a login would fail in the same way, the login is left to the next renewal.
 */
async function obtain(context: GrantContext): Promise<RenewalResult> {
  const { source, account, tools, grants, input, isFirst } = context;
  const { login } = grants;
  const refreshed = await refresh(context);
  const { result, failure, kept } = refreshed;
  if (result) return result;
  if (!login) {
    if (input.refreshBlocked) throw input.refreshBlocked;
    if (kept && failure) return { ...kept, failure };
    if (failure && !failure.grantRefused) throw failure;
    throw reauthenticationRequired(failure, input.mayBeUsed);
  }
  if (failure && isFirst && concernsLogin(failure)) throw failure;
  try {
    // A process that was suspended until after its deadline fails here: another instance may have renewed the token.
    await notAfter(tools.deadline, tools);
    const granted = await ask(login, tools);
    if (refreshed.isFirstRefresh && !source.refreshDocumented) account.refreshRefused = true;
    const replaces = replacedBy(granted.tokens, input.held);
    return { by: 'login', ...granted, failedRefresh: failure, replaces };
  } catch (error) {
    if (kept && error instanceof OAuth2ClientError) return { ...kept, failure: error };
    tools.signal.throwIfAborted();
    throw error;
  }
}

/** Whether a failed refresh shows that a login would fail in the same way. */
function concernsLogin({ code, status, retryAfter }: OAuth2ClientError): boolean {
  if (code === 'TOKEN_ENDPOINT_UNREACHABLE' || code === 'THROTTLED') return true;
  return status === 503 && retryAfter !== undefined;
}
