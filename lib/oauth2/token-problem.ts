import { printable } from '../util/redaction.js';
import { isSendable } from '../core/token-set.js';
import type { Selector } from './selector.js';
import { isScheme, type TokenUse } from './token-use.js';
import { oddBody, type VendorResponse } from './vendor-response.js';

/** What is wrong with a response that is 2xx and has no token that can be used. */
export interface Useless {
  /** Why, as the end of a sentence. */
  readonly reason: string;
  /** What to do about it. Default: what the members of the response suggest. */
  readonly hint?: string | undefined;
  readonly retryable: boolean;
  /** Parts of the response that must not be printed. */
  readonly secrets?: readonly string[] | undefined;
}

/** What the response says, and what the definition expects. */
export interface Claimed {
  readonly accessToken: unknown;
  readonly refreshToken: unknown;
  readonly tokenType: unknown;
  readonly scope: string | undefined;
}

export interface Expected {
  readonly mapping: Readonly<Record<Limited, Selector>>;
  /** The scheme that the token is sent under; `undefined`: Bearer. */
  readonly scheme: TokenUse['scheme'];
  /** Whether refresh tokens are used. */
  readonly refreshable: boolean;
  /** Scope names that a token must have. */
  readonly requiredScope: readonly string[];
  /** What the request carried: masked wherever the response repeats it. */
  readonly secrets: readonly string[];
}

/**
 * In characters. No RFC has a limit, but servers refuse headers of this length, and all three together fit into a
 * token set.
 */
const LONGEST = { accessToken: 32_768, refreshToken: 16_384, scope: 8_192 };

type Limited = keyof typeof LONGEST;

/** How a message calls a value that no name leads to. */
const WORDS = { accessToken: 'access token', refreshToken: 'refresh token', scope: 'scope' };

/** Why a response has no token that can be used; `undefined` if it has one. */
export function responseProblem(
  response: VendorResponse,
  { accessToken, refreshToken, tokenType, scope }: Claimed,
  { mapping, scheme, refreshable, requiredScope, secrets }: Expected,
): Useless | undefined {
  const problem = tokenProblem(accessToken, 'accessToken');
  if (problem) {
    const reason = `its ${nameOf(mapping.accessToken, 'accessToken')} ${problem}`;
    return unusable(response, reason, accessToken);
  }
  const hidden = [...secrets, ...textsAmong(accessToken, refreshToken)];
  if (typeof scheme === 'object' && !isScheme(tokenType ?? '')) {
    return rejected(
      `its \`token_type\` is ${shown(tokenType, hidden)}, which is not a scheme (RFC 9110 §11.1) that a token can be sent with`,
    );
  }
  if (!isAccepted(tokenType, scheme)) {
    const reason = `its \`token_type\` is ${shown(tokenType, hidden)} instead of "Bearer"`;
    const hint =
      "If the vendor wants its tokens to be sent as Bearer nevertheless, set `use: { scheme: 'Bearer' }`.";
    return { ...rejected(reason), hint };
  }
  const tooLong =
    longer('scope', scope) ?? (refreshable ? longer('refreshToken', refreshToken) : undefined);
  if (tooLong) return rejected(`its ${nameOf(mapping[tooLong], tooLong)} ${isTooLong(tooLong)}`);
  const missing = requiredScope.filter((name) => !scope?.split(' ').includes(name)).join(' ');
  return missing ? rejected(`its \`scope\` lacks the required ${missing}`) : undefined;
}

/** Why a value cannot be sent as a token. */
export function tokenProblem(value: unknown, what: Limited): string | undefined {
  if (value === undefined || value === null) return 'is missing';
  if (typeof value !== 'string') return 'is not a string';
  if (value === '') return 'is empty';
  if (longer(what, value)) return isTooLong(what);
  const where = value === value.trim() ? '' : ': white space at its ends';
  if (isSendable(value)) return undefined;
  const [, scheme] = SCHEME.exec(value) ?? [];
  if (scheme !== undefined) {
    return `begins with "${scheme} ", which is not the scheme that it is sent under: set \`use: { scheme: '${scheme}' }\`, or read what follows with a function`;
  }
  return `has characters that no header may carry${where}`;
}

/** A scheme that some vendors write before the token. */
const SCHEME = /^(bearer|token|jwt|oauth|basic|dpop|mac) +(?=\S)/i;

/** The token alone, where the vendor has written the scheme that it is sent under before it. */
export function bareToken(token: unknown, scheme = 'Bearer'): unknown {
  const [prefix, name] = (typeof token === 'string' && SCHEME.exec(token)) || [];
  if (!prefix || name?.toLowerCase() !== scheme.toLowerCase()) return token;
  return (token as string).slice(prefix.length);
}

/** The strings among some values. */
export function textsAmong(...values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === 'string');
}

export function longer(what: Limited, value: unknown): Limited | undefined {
  return typeof value === 'string' && value.length > LONGEST[what] ? what : undefined;
}

function isTooLong(what: Limited): string {
  return `is longer than ${LONGEST[what]} characters`;
}

/** Where the definition names no scheme, a type other than Bearer may need more than a header. */
function isAccepted(tokenType: unknown, scheme: TokenUse['scheme']): boolean {
  if (scheme !== undefined || tokenType === undefined || tokenType === null) return true;
  return typeof tokenType === 'string' && tokenType.trim().toLowerCase() === 'bearer';
}

function rejected(reason: string): Useless {
  return { reason, retryable: false };
}

/** The page of a proxy instead of a response may be gone the next time. */
function unusable(response: VendorResponse, reason: string, token: unknown): Useless {
  const odd = oddBody(response);
  if (odd === undefined || (token !== undefined && token !== '')) return rejected(reason);
  return { reason: `with ${odd}`, retryable: true };
}

function nameOf(selector: Selector, what: Limited): string {
  if (typeof selector === 'string') return `\`${selector}\``;
  if ('header' in selector) return `header \`${selector.header}\``;
  return 'cookie' in selector ? `cookie \`${selector.cookie}\`` : WORDS[what];
}

/** The form of token type names. A text of any other form may be a token. */
const TYPE_NAME = /^[a-z_:. -]{0,60}\d{0,2}$/i;

/** What the response has instead of a token type, with secrets masked. */
function shown(value: unknown, secrets: readonly string[]): string {
  if (typeof value !== 'string') return Array.isArray(value) ? 'a list' : `of type ${typeof value}`;
  const isName = TYPE_NAME.test(value);
  return isName ? `"${printable(value, secrets, 60)}"` : `a text of ${value.length} characters`;
}
