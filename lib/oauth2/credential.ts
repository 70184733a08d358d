import type { Secret } from '../util/secret.js';
import type { TokenTarget } from '../core/token-target.js';

/**
 * A string, or a function that is called once for each renewal, so that a vault can rotate it. The function
 * gets the account that the token is for. Where it throws or gives no string, the renewal fails with
 * `CREDENTIALS_UNAVAILABLE`.
 */
export type Credential = string | Secret | ((target: TokenTarget) => string | Promise<string>);
