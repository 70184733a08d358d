import axios, { type InternalAxiosRequestConfig } from 'axios';

import { valueOf } from './headers.js';

/**
 * Whether a request carries credentials of the caller's own, which win (RFC 6750 §2: one way to
 * authenticate per request).
 *
 * @param header the one that the token would stand in, if it stands in one
 */
export function hasOwnCredentials(
  { headers, auth }: InternalAxiosRequestConfig,
  url: { readonly hasUserinfo: boolean } | undefined,
  header: string | undefined,
): boolean {
  if (header === undefined) return false;
  const own = valueOf(headers, header);
  const inherited = axios.defaults.headers.common[header];
  if (typeof own === 'string' && own !== '' && own !== inherited) return true;
  if (header !== 'Authorization') return false;
  return Boolean(auth?.username || auth?.password) || url?.hasUserinfo === true;
}
