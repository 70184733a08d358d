import type { Received } from '../support/fake-vendor.js';

/** A request that differs in one place from one that a vendor documents. */
export interface Variation {
  readonly what: string;
  readonly request: Received;
}

type Pairs = [name: string, value: string][];

/** Headers that say nothing of who asks for what. */
const TRANSPORT = /^(accept.*|connection|content-.*|host|transfer-encoding|user-agent)$/;

/** In the middle: decoders of base64 pass over what follows its end. */
function altered(value: unknown): string {
  const text = String(value);
  const middle = Math.ceil(text.length / 2);
  return `${text.slice(0, middle)}x${text.slice(middle)}`;
}

/** The same request with one thing missing, altered or added. */
export function variationsOf(request: Received): Variation[] {
  return [
    { what: 'method', request: { ...request, method: request.method === 'PUT' ? 'POST' : 'PUT' } },
    ...ofHeaders(request),
    ...ofPairs([...request.query]).map(({ what, pairs }) => ({
      what: `query ${what}`,
      request: { ...request, query: new URLSearchParams(pairs) },
    })),
    ...ofBody(request).map(({ what, text }) => ({
      what: `body ${what}`,
      request: withText(request, text),
    })),
  ];
}

function ofHeaders(request: Received): Variation[] {
  const names = Object.keys(request.headers).filter((name) => !TRANSPORT.test(name));
  const set = (name: string, value: string | undefined) => {
    const { [name]: _old, ...others } = request.headers;
    const headers = value === undefined ? others : { ...others, [name]: value };
    const token = /^Bearer (.+)$/.exec(String(headers['authorization'] ?? ''))?.[1];
    return { what: `header ${name}`, request: { ...request, headers, token } };
  };
  return [
    ...names.flatMap((name) => [set(name, undefined), set(name, altered(request.headers[name]))]),
    ...(request.text === '' ? [] : [set('content-type', 'text/plain')]),
    ...(names.includes('authorization') ? [] : [set('authorization', 'Basic eDp4')]),
  ];
}

function ofPairs(pairs: Pairs): { what: string; pairs: Pairs }[] {
  return [
    ...pairs.flatMap(([name, value], at) => [
      { what: `without ${name}`, pairs: pairs.toSpliced(at, 1) },
      { what: `other ${name}`, pairs: pairs.toSpliced(at, 1, [name, altered(value)]) },
    ]),
    { what: 'more', pairs: [...pairs, ['unexpected', '1']] },
  ];
}

function ofBody({ headers, text }: Received): { what: string; text: string }[] {
  const type = headers['content-type'] ?? '';
  if (text === '') return [{ what: 'more', text: 'unexpected' }];
  if (type.startsWith('application/x-www-form-urlencoded')) {
    return ofPairs([...new URLSearchParams(text)]).map(({ what, pairs }) => ({
      what,
      text: new URLSearchParams(pairs).toString(),
    }));
  }
  if (!type.startsWith('application/json')) return [{ what: 'half', text: text.slice(0, -80) }];
  return ofJson(JSON.parse(text), '').map(({ what, value }) => ({
    what,
    text: JSON.stringify(value) ?? '',
  }));
}

function ofJson(value: unknown, at: string): { what: string; value: unknown }[] {
  if (typeof value !== 'object' || value === null)
    return [{ what: `other ${at}`, value: altered(value) }];
  const members = value as Record<string, unknown>;
  return [
    { what: `more in ${at}`, value: { ...members, unexpected: 1 } },
    ...Object.keys(members).flatMap((name) => {
      const { [name]: member, ...others } = members;
      return [
        { what: `without ${at}.${name}`, value: others },
        ...ofJson(member, `${at}.${name}`).map(({ what, value: other }) => ({
          what,
          value: { ...members, [name]: other },
        })),
      ];
    }),
  ];
}

function withText(request: Received, text: string): Received {
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  const form = isForm ? Object.fromEntries(new URLSearchParams(text)) : {};
  return { ...request, text, body: Buffer.from(text), form };
}
