import {
  clientAuthentications,
  type ClientAuthentication,
} from '../oauth2/client-authentication.js';
import { grants, type Grant } from '../oauth2/grants.js';
import type { TokenEndpoint } from '../oauth2/token-endpoint.js';
import type { Options } from './option-checks.js';

/** Parameters that only a grant of the vendor's own may use as it likes. */
const RESERVED = ['grant_type', 'client_secret', 'username', 'password', 'refresh_token', 'scope'];
/** Parameters of a grant or client authentication that a vendor may want otherwise. */
const CHANGEABLE = /^(subject|actor)_token_type$/;

/** Grant and client authentication say themselves what they are made of, and what they write. */
export function partsOf(options: Options): (Grant | ClientAuthentication)[] {
  const { grantType = 'client_credentials' } = options;
  const grant = own<Grant>(grants, grantType);
  const { clientAuthentication: method = grant?.clientAuthentication } = options;
  const client = own<ClientAuthentication>(clientAuthentications, method);
  return [grant, client].filter((part) => part !== undefined);
}

function own<T>(table: Readonly<Record<string, T>>, name: unknown): T | undefined {
  return typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined;
}

/** What other members of a definition say, or would say if it were said where it belongs. */
export function ownParameter(value: unknown, options: Options): string | undefined {
  const { grantType, scopeParameter, clientId, resource } = options;
  const written = partsOf(options)
    .flatMap(({ part }) => Object.keys(part(options as TokenEndpoint, '').parameters ?? {}))
    .filter((name) => !CHANGEABLE.test(name) && (name !== 'client_id' || clientId !== undefined));
  const taken = [
    ...written,
    scopeParameter,
    ...(resource === undefined ? [] : ['resource']),
    ...(grantType === 'custom' ? [] : RESERVED),
  ];
  const twice = Object.keys(value as object).find((name) => taken.includes(name));
  return twice && `must not have \`${twice}\`, which other members of the definition are for`;
}

export function ownHeader(value: unknown, options: Options): string | undefined {
  const written = partsOf(options).flatMap(({ part }) =>
    Object.keys(part(options as TokenEndpoint, '').headers ?? {}),
  );
  if (options['body'] === undefined) written.push('content-type');
  const twice = Object.keys(value as object).find((name) => written.includes(name.toLowerCase()));
  return twice && `must not have \`${twice}\`, which other members of the definition are for`;
}

/** Whether a refresh token is used. */
export function renews({ grantType = 'client_credentials', refresh }: Options): boolean {
  if (refresh !== undefined) return refresh !== 'never';
  return own<Grant>(grants, grantType)?.refreshable !== false;
}
