import type { InternalAxiosRequestConfig } from 'axios';

import { copyOf } from './config-copy.js';

/**
 * axios options of a connection. They are kept out of the configs that callers get to see: an agent
 * knows the headers of everything that it is sending, and a printed config prints its agent.
 */
export type Connection = Pick<InternalAxiosRequestConfig, 'httpAgent' | 'httpsAgent' | 'proxy'>;

const NAMES = ['httpAgent', 'httpsAgent', 'proxy'] as const;

/** axios options without those of the connection. */
export function withoutConnection<T extends object>(options: T | undefined): Partial<T> {
  const entries = Object.entries(options ?? {}) as [keyof T & string, unknown][];
  return Object.fromEntries(entries.filter(([name]) => !isConnection(name))) as Partial<T>;
}

/** The connection in axios options. */
export function connectionOf(options: object | undefined): Connection {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([name]) => isConnection(name)));
}

function isConnection(name: string): boolean {
  return (NAMES as readonly string[]).includes(name);
}

/** A copy of a config with the options of a connection, except where the request has its own. */
export function connected(
  config: InternalAxiosRequestConfig,
  connection: Connection,
): InternalAxiosRequestConfig {
  const copy = copyOf(config);
  for (const [name, value] of Object.entries(connection) as [string, unknown][]) {
    if (!(name in config)) Object.assign(copy, { [name]: value });
  }
  return copy;
}
