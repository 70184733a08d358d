import type { InternalAxiosRequestConfig } from 'axios';

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
  const copy = copyOf(config as unknown as Members);
  for (const name of Object.keys(connection) as (keyof Connection)[]) {
    if (!(name in config)) copy[name] = connection[name];
  }
  return copy as unknown as InternalAxiosRequestConfig;
}

type Members = Record<string | symbol, unknown>;

function copyOf(config: Members): Members {
  const prototype = Object.getPrototypeOf(config) as object | null;
  if (prototype !== null) return Object.assign(Object.create(prototype) as Members, config);
  // The fastest way by far for the configs of axios, which have no prototype and many members.
  const copy = new Bare();
  for (const name of Object.keys(config)) copy[name] = config[name];
  for (const symbol of Object.getOwnPropertySymbols(config)) copy[symbol] = config[symbol];
  return copy;
}

/** Makes objects that inherit nothing, but which V8 keeps in its fast form. */
const Bare = function () {} as unknown as new () => Members;
Object.defineProperty(Bare, 'prototype', { value: Object.freeze(Object.create(null)) });
