import axios, { type AxiosRequestConfig } from 'axios';

import { OAuth2ClientError } from '../core/errors.js';

/** The first version whose https requests pass a proxy in a tunnel instead of in the clear. */
const TUNNELS_SINCE = { major: 1, minor: 17 };

const PROXY_VARIABLES = ['https_proxy', 'all_proxy', 'npm_config_https_proxy', 'npm_config_proxy'];

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether this axios would show a proxy what an https request carries. */
export function exposesToProxies(version = axios.VERSION): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (
    major < TUNNELS_SINCE.major || (major === TUNNELS_SINCE.major && minor < TUNNELS_SINCE.minor)
  );
}

/**
 * Refuses an https request that would go through a proxy; for an axios that exposes it.
 *
 * @throws {OAuth2ClientError} `CONFIGURATION_INVALID`
 */
export function refuseProxy(
  provider: string,
  url: string,
  proxy: AxiosRequestConfig['proxy'],
  environment: Environment = process.env,
): void {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' || proxy === false) return;
  if (!proxy && !isProxied(hostname, environment)) return;
  throw new OAuth2ClientError({
    code: 'CONFIGURATION_INVALID',
    provider,
    stage: 'configuration',
    reason: `axios ${axios.VERSION} sends https requests through a proxy in the clear.`,
    hint: 'Use axios 1.17 or newer, or set `axios: { proxy: false, httpsAgent }` with an agent that tunnels.',
  });
}

function isProxied(hostname: string, environment: Environment): boolean {
  const value = (name: string) => environment[name] || environment[name.toUpperCase()] || '';
  if (!PROXY_VARIABLES.some((name) => value(name))) return false;
  return !value('no_proxy')
    .split(/[\s,]+/)
    .some((entry) => exempts(entry, hostname));
}

function exempts(entry: string, hostname: string): boolean {
  if (entry === '*') return true;
  const suffix = /^\*?\./.test(entry) || entry.startsWith('*');
  return suffix ? hostname.endsWith(entry.replace(/^\*/, '')) : entry !== '' && hostname === entry;
}
