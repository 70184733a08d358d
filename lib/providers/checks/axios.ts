import { isObject, type Check } from './options.js';

/** axios options that would undo what the module does. */
const OWN_AXIOS_OPTIONS = new Set([
  'baseURL',
  'url',
  'adapter',
  'auth',
  'socketPath',
  'transport', // it could follow redirects without the module's check
]);

/** What is wrong with the axios options of a provider or of the module. */
export function axiosProblem(value: unknown, header = 'Authorization'): string | undefined {
  if (typeof value !== 'object' || value === null) return 'must be an object of axios options';
  const own = Object.keys(value).find((option) => OWN_AXIOS_OPTIONS.has(option));
  if (own) return `must not set \`${own}\`, which the module sets itself`;
  const { headers } = value as { headers?: unknown };
  const buckets: unknown[] = [headers, ...(Object.values(headers ?? {}) as unknown[])];
  const authorized = buckets.some(
    (bucket) =>
      isObject(bucket) &&
      Object.keys(bucket).some((name) => name.toLowerCase() === header.toLowerCase()),
  );
  return authorized
    ? `must not set \`headers.${header}\`, which the module sets itself`
    : undefined;
}

export const axiosOptions: Check = (value, { use }) => {
  const header = isObject(use) ? use['header'] : undefined;
  return axiosProblem(value, typeof header === 'string' ? header : 'Authorization');
};
