import type { TransportAnswer } from './transport.js';

/** What a vendor answered, parsed. */
export interface Answer {
  /** HTTP status. */
  readonly status: number;
  /** Names in lower case; several `set-cookie` are joined by line breaks. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON or form members, parsed, without prototypes; `undefined` if the body is neither. */
  readonly body: unknown;
  /** The body as it came. */
  readonly text: string;
}

/** Parses the body: JSON, or form-encoded as a few old servers do. */
export function parseAnswer({ status, headers, body: text }: TransportAnswer): Answer {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
  const body = isForm ? bare(Object.fromEntries(new URLSearchParams(text))) : parsed(text);
  return { status, headers, body, text };
}

/** The body if it is an object of members. */
export function membersOf(body: unknown): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  return isObject ? (body as Record<string, unknown>) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text, (_name, value: unknown) => bare(value));
  } catch {
    return undefined;
  }
}

/** Without a prototype, nothing is a member but what the vendor sent. */
function bare(value: unknown): unknown {
  const members = membersOf(value);
  if (!members) return value;
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, member] of Object.entries(members)) copy[name] = member;
  return copy;
}
