import type { TokenSet } from './token-set.js';
import type { TokenTarget } from './token-target.js';

/**
 * Called with every new token set before it is used, so that the app can store a rotated refresh token.
 * It is awaited for at most 5 seconds. A failure is logged, and the renewal goes on.
 */
export type OnTokenSet = (tokens: TokenSet, target: TokenTarget) => void | Promise<void>;
