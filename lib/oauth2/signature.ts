import { bare } from '../util/bare.js';
import { isPromise, kindOfValue, ShowableError } from './definition-functions.js';
import { headerValue } from './header-value.js';
import type { Signature } from './request-definition.js';

/** A signature as it is sent: all values are text. */
export interface CheckedSignature {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

const MEMBERS = ['headers', 'query'] as const;

/**
 * Checks what a `sign` function returned. A signature that is left out by mistake would be noticed only by
 * the server, which cannot say why.
 *
 * @throws {ShowableError}
 */
export function checkedSignature(signature: Signature): CheckedSignature {
  if (!isMembers(signature) || isPromise(signature)) {
    throw new ShowableError(
      `it returned ${kindOfValue(signature)} instead of an object with \`headers\`, \`query\` or both`,
    );
  }
  const unknown = Object.keys(signature).find((name) => !MEMBERS.includes(name as 'query'));
  if (unknown !== undefined) {
    throw new ShowableError(
      `it returned an object with \`${unknown}\`, but only \`headers\` and \`query\` are used`,
    );
  }
  const { headers, query } = bare(signature);
  return { headers: textsOf('headers', headers), query: textsOf('query', query) };
}

function textsOf(member: (typeof MEMBERS)[number], values: unknown = {}): Record<string, string> {
  if (!isMembers(values)) {
    throw new ShowableError(`it returned \`${member}\` that is not a plain object`);
  }
  const texts = Object.entries(values).map(([name, value]) => {
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw new ShowableError(
        `it returned \`${member}\` in which \`${name}\` is ${kindOfValue(value)}`,
      );
    }
    return member === 'headers' ? [name, headerValue(name, value)] : [name, String(value)];
  });
  return Object.fromEntries(texts) as Record<string, string>;
}

function isMembers(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value);
}
