import type { TransportRequest } from './transport.js';

/** A request parameter; `resource` may occur more than once (RFC 8707 §2). */
export type Parameter = readonly [name: string, value: string];

export type Encoding = 'form' | 'multipart' | 'json';

/** One request to a token endpoint, before its encoding. */
export interface TokenRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly encoding: Encoding;
  readonly parameters: readonly Parameter[];
}

const CONTENT_TYPES: Record<Encoding, string | undefined> = {
  form: 'application/x-www-form-urlencoded',
  multipart: undefined, // the HTTP client names the boundary
  json: 'application/json',
};

const BODIES: Record<Encoding, (parameters: readonly Parameter[]) => string | FormData> = {
  form: (parameters) =>
    new URLSearchParams(parameters.map((p) => [...p] as [string, string])).toString(),
  multipart: (parameters) => {
    const form = new FormData();
    for (const [name, value] of parameters) form.append(name, value);
    return form;
  },
  json: (parameters) => JSON.stringify(membersOf(parameters)),
};

export function encode(request: TokenRequest): TransportRequest {
  const contentType = CONTENT_TYPES[request.encoding];
  return {
    method: 'POST',
    url: request.url,
    headers: {
      accept: 'application/json',
      ...(contentType && { 'content-type': contentType }),
      ...request.headers,
    },
    body: BODIES[request.encoding](request.parameters),
  };
}

function membersOf(parameters: readonly Parameter[]): Record<string, string | string[]> {
  const members = new Map<string, string | string[]>();
  for (const [name, value] of parameters) {
    const before = members.get(name);
    members.set(name, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(members);
}
