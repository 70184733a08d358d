import { randomUUID } from 'node:crypto';

import type { InternalAxiosRequestConfig } from 'axios';

import { bare } from '../util/memory.js';
import { invalidCall, type OAuth2ClientError } from '../core/errors.js';
import type { Clock } from '../util/clock.js';
import { lowerCaseNames, withQuery } from '../util/encoding.js';
import { Secret } from '../util/secret.js';
import type { TokenSet } from '../core/token-set.js';
import {
  failureIn,
  FunctionFailure,
  kindOfValue,
  ShowableError,
} from '../oauth2/definition-functions.js';
import { checkedSignature, headerValue } from '../oauth2/request-values.js';
import {
  hasFunctions,
  type TokenUse,
  type UseContext,
  type UseValue,
} from '../oauth2/token-use.js';
import { copyHeaders, headerOf, setHeader } from './request-config.js';

type Pairs = readonly (readonly [name: string, value: string])[];

/** The headers and query parameters that carry a token. */
export interface Credentials {
  readonly headers: Pairs;
  readonly query: Pairs;
}

/** The account of a token. */
export interface Owner {
  readonly subject: string | undefined;
  /** The credentials that the token was obtained with. */
  readonly credentials: UseContext['credentials'] | undefined;
}

const NO_CREDENTIALS: UseContext['credentials'] = Object.freeze(bare({}));

const NO_PAIRS: Pairs = [];

const NO_USE: TokenUse = bare({});

/** RFC 6265 §4.1.1. */
const COOKIE_VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/;

/** Puts the tokens of a provider into requests, as `use` of its definition says. */
export class ApiTokenUse {
  /** Whether it adds query parameters. */
  readonly changesQuery: boolean;
  /** Whether it signs the whole request. */
  readonly signs: boolean;
  /** Whether it calls functions of the definition. */
  readonly computes: boolean;
  /** What the vendor sends instead of a 401. */
  readonly rejected: TokenUse['rejected'];
  /** The header of the token, which a caller may set itself; `undefined` if the token is not in a header. */
  readonly header: string | undefined;

  constructor(
    private readonly use: TokenUse | undefined,
    private readonly clock: Clock,
  ) {
    const { header, cookie, queryParameter, sign, rejected } = use ?? NO_USE;
    const isInOtherPlace = cookie !== undefined || queryParameter !== undefined;
    this.computes = hasFunctions(use);
    this.signs = sign !== undefined;
    this.changesQuery = queryParameter !== undefined || this.signs;
    this.rejected = rejected;
    this.header = header ?? (isInOtherPlace ? undefined : 'Authorization');
  }

  /** @param config a copy of the caller's config, complete except for the credentials */
  credentialsFor(
    tokens: TokenSet,
    { subject, credentials = NO_CREDENTIALS }: Owner,
    config: InternalAxiosRequestConfig,
  ): Credentials {
    const { use } = this;
    if (!use) return { headers: [['Authorization', tokens.authorization]], query: NO_PAIRS };
    const context: UseContext = {
      accessToken: tokens.accessToken,
      tokens,
      subject,
      credentials,
      now: this.clock.now(),
      id: randomUUID(),
    };
    const carried = {
      headers: [...this.#tokenHeaders(tokens, config), ...computed(use.headers, context)],
      query: use.queryParameter ? [[use.queryParameter, tokens.accessToken] as const] : [],
    };
    return use.sign ? signed(use.sign, carried, config, context) : carried;
  }

  #tokenHeaders(tokens: TokenSet, { headers }: InternalAxiosRequestConfig): Pairs {
    const { header } = this;
    const carrying = header === undefined ? [] : [[header, tokens.authorization] as const];
    const { cookie } = this.use ?? NO_USE;
    if (cookie === undefined) return carrying;
    if (!COOKIE_VALUE.test(tokens.accessToken)) {
      throw new FunctionFailure(
        'use.cookie',
        'cannot carry the token, because the token has characters that a cookie must not contain',
      );
    }
    const others = [headerOf(headers, 'Cookie')].flat().filter((other) => other);
    return [...carrying, ['Cookie', [...others, `${cookie}=${tokens.accessToken}`].join('; ')]];
  }
}

function named<T>(member: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw failureIn(`use.${member}`, error);
  }
}

/** A definition whose `use` fails. */
export function notAuthorized(provider: string, error: unknown): OAuth2ClientError {
  const { member, what } = failureIn('use', error);
  return invalidCall(
    provider,
    `The request was not sent: \`${member}\` of the definition ${what}.`,
    `Correct \`${member}\`. The error of a function is not shown, because it may quote the token. Call the function by itself to see it.`,
  );
}

function signed(
  sign: NonNullable<TokenUse['sign']>,
  { headers, query }: Credentials,
  config: InternalAxiosRequestConfig,
  context: UseContext,
): Credentials {
  const complete = copyHeaders(config.headers);
  for (const [name, value] of headers) setHeader(complete, name, value);
  const request = {
    method: (config.method ?? 'get').toUpperCase(),
    url: withQuery(config.url!, query),
    headers: lowerCaseNames(complete.toJSON()),
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
