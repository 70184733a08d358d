import type { TokenSet } from './token-set.js';
import type { TokenTarget } from './token-target.js';

/**
 * Called with every new token set before it is used, so that a rotated refresh token can be kept.
 * Awaited for 5 seconds at most; a failure is logged and does not fail the renewal.
 */
export type OnTokenSet = (tokens: TokenSet, target: TokenTarget) => void | Promise<void>;
