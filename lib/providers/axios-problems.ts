import { isObject } from './option-checks.js';

/** axios options that would undo what the module does. */
const OWN_AXIOS_OPTIONS = new Set([
  'baseURL',
  'url',
  'adapter',
  'auth',
  'socketPath',
  'transport', // may follow redirects unseen
]);

/** What is wrong with axios options, of a provider or of the module. */
export function axiosProblem(value: unknown, header = 'Authorization'): string | undefined {
  if (typeof value !== 'object' || value === null) return 'must be an object of axios options';
  const own = Object.keys(value).find((option) => OWN_AXIOS_OPTIONS.has(option));
  if (own) return `must not set \`${own}\`, which is the module's own`;
  const { headers } = value as { headers?: unknown };
  const buckets: unknown[] = [headers, ...(Object.values(headers ?? {}) as unknown[])];
  const authorized = buckets.some(
    (bucket) =>
      isObject(bucket) &&
      Object.keys(bucket).some((name) => name.toLowerCase() === header.toLowerCase()),
  );
  return authorized ? `must not set \`headers.${header}\`, which is the module's own` : undefined;
}
