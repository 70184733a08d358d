import { failureIn } from '../oauth2/definition-functions.js';
import { valueAt } from '../oauth2/selector.js';
import type { AccountOfToken, BaseURLFrom } from '../oauth2/token-endpoint.js';
import { isAbsolute } from './request-url.js';
import { functionFailed } from './route-errors.js';

/** An API whose accounts may have base URLs of their own. */
interface OfAccounts {
  readonly provider: string;
  readonly baseURLFrom?: BaseURLFrom | undefined;
}

/** The base URL of an account, if there is one. Some vendors tell a host only. */
export function baseOf(
  { provider, baseURLFrom }: OfAccounts,
  account: AccountOfToken,
): string | undefined {
  let told: unknown;
  try {
    told =
      typeof baseURLFrom === 'function'
        ? baseURLFrom(account)
        : valueAt(account.tokens.extra, baseURLFrom!);
  } catch (error) {
    throw functionFailed(provider, failureIn('baseURLFrom', error).what);
  }
  if (typeof told !== 'string' || told.trim() === '') return undefined;
  return isAbsolute(told) ? told : `https://${told}`;
}
