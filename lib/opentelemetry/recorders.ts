import type { Attributes } from '@opentelemetry/api';

import type { EventListener, OAuth2Event, OAuth2EventOf } from '../core/events.js';

/** What is recorded of an event, by its type. */
export type Recorders = {
  readonly [T in OAuth2Event['type']]?: (event: OAuth2EventOf<T>) => void;
};

export function listenerOf(recorders: Recorders): EventListener {
  return (event) => (recorders[event.type] as EventListener | undefined)?.(event);
}

/** Names of attributes. Each has few values: never a subject, a URL or a list of scopes. */
export const PROVIDER = 'oauth2.provider';
export const GRANT_TYPE = 'oauth2.grant_type';
export const OUTCOME = 'oauth2.outcome';

/** A code such as those of this package, of axios or of Node. */
const CODE = /^[A-Z][A-Z0-9_]{1,47}$/;

/** The attribute `error.type`. An abort may have a reason of the caller's own, whose code can be anything. */
export function errorType(code: string | undefined): Attributes {
  if (code === undefined) return {};
  return { 'error.type': CODE.test(code) ? code : '_OTHER' };
}
