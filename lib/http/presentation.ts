import { randomUUID } from 'node:crypto';

import type { InternalAxiosRequestConfig } from 'axios';

import { bare } from '../util/bare.js';
import { invalidCall } from '../core/errors.js';
import type { Clock } from '../util/clock.js';
import type { OAuth2ClientError } from '../core/errors.js';
import { Secret } from '../util/secret.js';
import type { TokenSet } from '../core/token-set.js';
import {
  failureIn,
  FunctionFailure,
  kindOfValue,
  ShowableError,
} from '../oauth2/definition-functions.js';
import { headerValue } from '../oauth2/request-values.js';
import { checkedSignature } from '../oauth2/request-values.js';
import {
  hasFunctions,
  type TokenUse,
  type UseContext,
  type UseValue,
} from '../oauth2/token-use.js';
import { copyOf, put, valueOf } from './headers.js';

type Pairs = readonly (readonly [name: string, value: string])[];

/** What a request gets from its token. */
export interface Credentials {
  readonly headers: Pairs;
  /** Parameters of the URL. */
  readonly query: Pairs;
}

/** Whose token it is. */
export interface Whose {
  readonly subject: string | undefined;
  /** Those that the token was obtained with. */
  readonly credentials: UseContext['credentials'] | undefined;
}

const NO_CREDENTIALS: UseContext['credentials'] = Object.freeze(bare({}));

const NOTHING: Pairs = [];

const NO_USE: TokenUse = bare({});

/** RFC 6265 §4.1.1. */
const COOKIE_VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/;

/** How the tokens of a provider are put into requests. */
export class Presentation {
  /** Whether it puts anything into the query. */
  readonly changesQuery: boolean;
  /** Whether it signs the whole request. */
  readonly signs: boolean;
  /** Whether functions put something into requests. */
  readonly computes: boolean;
  /** What the vendor has in place of 401. */
  readonly rejected: TokenUse['rejected'];
  /** The header that a caller may set itself instead; `undefined`: the token is in none. */
  readonly header: string | undefined;

  constructor(
    private readonly use: TokenUse | undefined,
    private readonly clock: Clock,
  ) {
    const { header, cookie, queryParameter, sign, rejected } = use ?? NO_USE;
    const isElsewhere = cookie !== undefined || queryParameter !== undefined;
    this.computes = hasFunctions(use);
    this.signs = sign !== undefined;
    this.changesQuery = queryParameter !== undefined || this.signs;
    this.rejected = rejected;
    this.header = header ?? (isElsewhere ? undefined : 'Authorization');
  }

  /** @param config a copy of the caller's, complete but for the credentials */
  of(
    tokens: TokenSet,
    { subject, credentials = NO_CREDENTIALS }: Whose,
    config: InternalAxiosRequestConfig,
  ): Credentials {
    const { use } = this;
    if (!use) return { headers: [['Authorization', tokens.authorization]], query: NOTHING };
    const context: UseContext = {
      accessToken: tokens.accessToken,
      tokens,
      subject,
      credentials,
      now: this.clock.now(),
      id: randomUUID(),
    };
    const carried = {
      headers: [...this.#carriers(tokens, config), ...computed(use.headers, context)],
      query: use.queryParameter ? [[use.queryParameter, tokens.accessToken] as const] : [],
    };
    return use.sign ? signed(use.sign, carried, config, context) : carried;
  }

  #carriers(tokens: TokenSet, { headers }: InternalAxiosRequestConfig): Pairs {
    const { header } = this;
    const carriers = header === undefined ? [] : [[header, tokens.authorization] as const];
    const { cookie } = this.use ?? NO_USE;
    if (cookie === undefined) return carriers;
    if (!COOKIE_VALUE.test(tokens.accessToken)) {
      throw new FunctionFailure(
        'use.cookie',
        'cannot carry the token: it has characters that no cookie may hold',
      );
    }
    const others = [valueOf(headers, 'Cookie')].flat().filter((other) => other);
    return [...carriers, ['Cookie', [...others, `${cookie}=${tokens.accessToken}`].join('; ')]];
  }
}

function named<T>(member: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw failureIn(`use.${member}`, error);
  }
}

/** The definition is at fault, and not the call. */
export function notPresented(provider: string, error: unknown): OAuth2ClientError {
  const { member, what } = failureIn('use', error);
  return invalidCall(
    provider,
    `The request was not sent: \`${member}\` of the definition ${what}.`,
    `Correct \`${member}\`. The error of a function is not shown, because it may quote the token; call the function by itself to see it.`,
  );
}

/** A URL with more parameters; what is there already stays as it is written. */
export function withQuery(href: string, query: Pairs): string {
  if (query.length === 0) return href;
  const [beforeHash = ''] = href.split('#');
  const added = new URLSearchParams(query.map((pair): [string, string] => [...pair]));
  return `${beforeHash}${beforeHash.includes('?') ? '&' : '?'}${added.toString()}`;
}

function signed(
  sign: NonNullable<TokenUse['sign']>,
  { headers, query }: Credentials,
  config: InternalAxiosRequestConfig,
  context: UseContext,
): Credentials {
  const complete = copyOf(config.headers);
  for (const [name, value] of headers) put(complete, name, value);
  const request = {
    method: (config.method ?? 'get').toUpperCase(),
    url: withQuery(config.url!, query),
    headers: lowerCased(complete.toJSON()),
    body: bodyOf(config.data),
  };
  return named('sign', () => {
    const signature = checkedSignature(sign(request, context));
    return {
      headers: [...headers, ...Object.entries(signature.headers ?? {})],
      query: [...query, ...Object.entries(signature.query ?? {})],
    };
  });
}

function computed(values: TokenUse['headers'], context: UseContext): Pairs {
  return Object.entries(values ?? {}).flatMap(([name, value]) => {
    return named(`headers.${name}`, () => {
      const result = resultOf(value, context);
      return result === undefined ? [] : [[name, headerValue(name, result)] as const];
    });
  });
}

function resultOf(value: UseValue, context: UseContext) {
  const result: unknown = typeof value === 'function' ? value(context) : value;
  const plain = result instanceof Secret ? result.reveal() : (result ?? undefined);
  if (plain === undefined || ['string', 'number', 'boolean'].includes(typeof plain)) return plain;
  throw new ShowableError(`it returned ${kindOfValue(plain)}`);
}

function bodyOf(data: unknown): string | Buffer | undefined {
  if (typeof data === 'string' || Buffer.isBuffer(data)) return data;
  if (data instanceof URLSearchParams) return data.toString();
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return data instanceof ArrayBuffer ? Buffer.from(data) : undefined;
}

function lowerCased(headers: Record<string, unknown>): Record<string, string> {
  const pairs = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return Object.fromEntries(pairs) as Record<string, string>;
}
