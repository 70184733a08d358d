import { OAuth2ClientError } from '../core/errors.js';
import { tryUrl } from '../util/urls.js';

/** Half of a character, which has no percent-encoding. */
const LONE_SURROGATE = /\p{Cs}/u;

/** One label of a host name, or several, or a whole host with its port. */
const HOST_PART = /^[a-z\d](?:[a-z\d.-]*[a-z\d])?(?::\d{1,5})?$/i;

/**
 * A URL with variables that cannot lead to another domain or path. Before the domain, a variable is one or more labels
 * of the host name. At the end of the host, it is a single label or a port. As the whole host, it may have a port. After
 * the host, each variable is percent-encoded as one segment or one value.
 *
 * ```ts
 * url`https://login.${region}.example.com/${tenant}/oauth/token`;
 * ```
 *
 * @throws {OAuth2ClientError} `CONFIGURATION_INVALID`
 */
export function url(parts: TemplateStringsArray, ...variables: readonly string[]): string {
  return variables.reduce((before, value, i) => {
    const after = parts[i + 1] ?? '';
    const isInHost = /^\s*[a-z]+:[/\\]*[^/\\?#]*$/i.test(before);
    const next = isInHost ? hostPart(value, before, after) : segment(value, before);
    return before + next + after;
  }, parts[0] ?? '');
}

/**
 * The URL of a server: a documented one by its name, or any other by its URL.
 *
 * ```ts
 * serverUrl('acme', { sandbox: 'https://sandbox.acme.example', live: 'https://acme.example' }, server);
 * ```
 *
 * @param provider the provider that the error names
 * @throws {OAuth2ClientError} `CONFIGURATION_INVALID`
 */
export function serverUrl<Name extends string>(
  provider: string,
  servers: Readonly<Record<Name, string>>,
  server: Name | (string & {}),
): string {
  if (Object.hasOwn(servers, server)) return servers[server as Name];
  if (typeof server === 'string' && tryUrl(server)) return server;
  throw new OAuth2ClientError({
    code: 'CONFIGURATION_INVALID',
    provider,
    stage: 'configuration',
    reason: `\`server\` must be ${Object.keys(servers).join(', ')} or an absolute URL.`,
    hint: 'Correct the option.',
  });
}

function hostPart(value: unknown, before: string, after: string): string {
  // A variable at the end of a host that has begun before it would choose the domain.
  const isAtItsEnd = !before.endsWith('//') && /^(?:[/\\:?#\s]|$)/.test(after);
  const isPart = typeof value === 'string' && HOST_PART.test(value) && !value.includes('..');
  const isGlued = isAtItsEnd && /\.[a-z\d-]+$/i.test(before);
  if (isPart && !isGlued && !(isAtItsEnd && /[.:]/.test(value))) return value;
  throw invalid(before, isAtItsEnd ? 'one label of a host name' : 'a part of a host name');
}

function segment(value: unknown, before: string): string {
  if (typeof value === 'string' && /[^.]/.test(value) && !LONE_SURROGATE.test(value)) {
    return encodeURIComponent(value);
  }
  throw invalid(before, 'a non-empty string that is not made of dots');
}

function invalid(before: string, expected: string): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'CONFIGURATION_INVALID',
    provider: 'url',
    stage: 'configuration',
    reason: `The variable after "${before}" must be ${expected}.`,
    hint: 'Correct the value that the definition of the provider is made with.',
  });
}
