import { formEncoded, lowerCaseNames, withQuery } from '../util/encoding.js';
import { bare } from '../util/memory.js';
import type { RequestPart } from './client-authentication.js';
import { secretsAmong } from './credentials.js';
import { FunctionFailure, kindOfValue, RefusedRequest } from './definition-functions.js';
import { grants } from './grants.js';
import type { Encoding, RequestContext, RequestDefinition } from './request-definition.js';
import {
  checkedSignature,
  headerValue,
  leavesOf,
  resolveParameters,
  within,
  type CheckedSignature,
  type Place,
  type Resolved,
} from './request-values.js';
import type { TransportRequest } from './transport.js';

/** A request in which nothing is left to compute, and the parts of it that must never be printed. */
export interface PreparedRequest {
  readonly request: TransportRequest;
  readonly secrets: readonly string[];
  readonly encoding: Encoding;
  /** The names of its parameters. */
  readonly sent: readonly string[];
}

type Members = Readonly<Record<string, Resolved>>;

/** In characters. Shorter values are not secrets, and masking them would spoil every message. */
const SHORTEST_SECRET = 6;

/** In characters, of all values of a request before they are encoded. */
const LONGEST = 131_072;

/** The members of a definition from which parameters of a grant or client authentication are made. */
const MEMBERS_OF_PARTS: Readonly<Record<string, string>> = { client_assertion: 'clientAssertion' };

const MEDIA_TYPES = new Set(['application/json', 'application/x-www-form-urlencoded']);

const CONTENT_TYPES: Readonly<Record<Encoding, string | undefined>> = {
  form: 'application/x-www-form-urlencoded',
  multipart: undefined, // the HTTP client sets it, with the boundary
  json: 'application/json',
  query: undefined,
  none: undefined,
};

const BODIES: Readonly<Record<Encoding, (members: Members) => string | FormData | undefined>> = {
  form: (members) => formEncoded(pairsOf(members)),
  multipart: (members) => {
    const form = new FormData();
    for (const [name, value] of pairsOf(members)) form.append(name, value);
    return form;
  },
  json: (members) => JSON.stringify(members),
  query: () => undefined,
  none: () => undefined,
};

/**
 * Computes and encodes a request.
 *
 * @throws {RefusedRequest} if its parameters, headers or body are too long
 * @throws {FunctionFailure} if one of its functions threw, or returned something that it must not return
 * @param parts what grant and client authentication add; the definition's own members come last and win
 * @param pathOf the path of a member of the request in the provider's definition
 */
export async function prepareRequest(
  url: string,
  definition: RequestDefinition,
  parts: readonly RequestPart[],
  context: RequestContext,
  pathOf: (member: string) => string,
): Promise<PreparedRequest> {
  const stated = bare(definition);
  const { method = 'POST', sign } = stated;
  const encoding = stated.body ? 'none' : (stated.encoding ?? defaultEncoding(method));
  const { members, own, query, made } = await computed(stated, encoding, parts, context, pathOf);
  checkLength([members, own, query, String(made)]);
  const headers = await within(pathOf('headers'), () =>
    lowerCaseNames(
      {
        accept: 'application/json',
        ...(CONTENT_TYPES[encoding] && { 'content-type': CONTENT_TYPES[encoding] }),
        ...own,
      },
      textOfHeader,
    ),
  );
  const inUrl = encoding === 'query' ? { ...members, ...query } : query;
  const body = stated.body ? made : BODIES[encoding](members);
  const request = { method, url: withQuery(url, pairsOf(inUrl)), headers, body };
  const signable = { ...request, body: typeof body === 'string' ? body : undefined };
  const signature: CheckedSignature = sign
    ? await within(pathOf('sign'), async () => checkedSignature(await sign(signable, context)))
    : bare({});
  return {
    request: {
      ...request,
      url: withQuery(request.url, pairsOf(signature.query ?? {})),
      headers: { ...headers, ...lowerCaseNames(signature.headers ?? {}, textOfHeader) },
    },
    secrets: secretsOf(context, [members, own, query, signature.headers, signature.query], made),
    encoding,
    sent: Object.keys(members),
  };
}

/** Calls the functions of a request. */
async function computed(
  definition: RequestDefinition,
  encoding: Encoding,
  parts: readonly RequestPart[],
  context: RequestContext,
  pathOf: (member: string) => string,
) {
  const all = [...parts.map(bare), definition];
  const resolved = (member: 'parameters' | 'headers' | 'query', holds: Place['holds']) => {
    const own = definition[member] ?? {};
    const merged = Object.assign(
      Object.create(null) as object,
      ...all.map((part: RequestDefinition) => part[member]),
    ) as NonNullable<RequestPart['parameters']>;
    const path = (name: string) =>
      Object.hasOwn(own, name) ? `${pathOf(member)}.${name}` : (MEMBERS_OF_PARTS[name] ?? name);
    return resolveParameters(merged, context, (name) => ({ path: path(name), holds }));
  };
  const members = await resolved('parameters', encoding === 'json' ? 'json' : 'lists');
  const own = await resolved('headers', 'scalars');
  const query = await resolved('query', 'lists');
  const { body } = definition;
  const made = body && (await within(pathOf('body'), () => body(context)));
  if (!body || typeof made === 'string') return { members, own, query, made };
  throw new FunctionFailure(pathOf('body'), `returned ${kindOfValue(made)} instead of a string`);
}

/** Checks the values before they are encoded, because encoding a million characters takes long. */
function checkLength(values: readonly Resolved[]): void {
  const length = values.flatMap(leavesOf).reduce((sum, value) => sum + value.length, 0);
  if (length <= LONGEST) return;
  throw new RefusedRequest(
    `The token request has more than ${LONGEST} characters.`,
    'Check what the functions of the definition return, and what they take from earlier responses.',
  );
}

function defaultEncoding(method: RequestDefinition['method']): Encoding {
  return method === 'GET' || method === 'DELETE' ? 'query' : 'form';
}

function textOfHeader(value: unknown, name: string): string {
  return headerValue(name, value);
}

/** A list is a parameter that occurs more than once (RFC 8707 §2). */
function pairsOf(members: Members): [string, string][] {
  return Object.entries(members).flatMap(([name, value]) =>
    leavesOf(value).map((leaf): [string, string] => [name, leaf]),
  );
}

/** Everything that was sent, except what is public. */
function secretsOf(
  context: RequestContext,
  sent: readonly (Members | undefined)[],
  body: unknown,
): string[] {
  const { credentials, scope, resource, accessToken, refreshToken } = context;
  const open = new Set([credentials['clientId'], credentials['username'], scope, ...resource]);
  const leaves = sent.flatMap((members) => leavesOf(members ?? {}));
  const values = leaves.filter((leaf) => leaf.length >= SHORTEST_SECRET && !open.has(leaf));
  const own = [accessToken, refreshToken, typeof body === 'string' ? body : undefined];
  const held = own.filter((secret) => secret !== undefined);
  return [...secretsAmong(credentials), ...values.filter((value) => !isProtocol(value)), ...held];
}

/** Words of the RFCs, which a vendor's message may well contain. */
function isProtocol(value: string): boolean {
  return value.startsWith('urn:ietf:') || Object.hasOwn(grants, value) || MEDIA_TYPES.has(value);
}
