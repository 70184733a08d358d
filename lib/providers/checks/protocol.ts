import {
  clientAuthentications,
  type ClientAuthentication,
} from '../../oauth2/client-authentication.js';
import { grants, type Grant } from '../../oauth2/grants.js';
import type { TokenEndpoint } from '../../oauth2/token-endpoint.js';
import { isOfResponse, type TokenUse } from '../../oauth2/token-use.js';
import { isObject, type Check, type Options } from './options.js';

/** Parameters that only a `custom` grant may use freely. */
const RESERVED = ['grant_type', 'client_secret', 'username', 'password', 'refresh_token', 'scope'];
/** Parameters of a grant or client authentication that a vendor may want to be different. */
const CHANGEABLE = /^(subject|actor)_token_type$/;

/** The grant and the client authentication of a definition: what they need, and what they write. */
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

/** Refuses parameters that other members of the definition write. */
export const ownParameters: Check = (value, options) => {
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
  return notAmong(value, (name) => taken.includes(name));
};

/** Refuses headers that other members of the definition write. */
export const ownHeaders: Check = (value, options) => {
  const written = partsOf(options).flatMap(({ part }) =>
    Object.keys(part(options as TokenEndpoint, '').headers ?? {}),
  );
  if (options['body'] === undefined) written.push('content-type');
  return notAmong(value, (name) => written.includes(name.toLowerCase()));
};

function notAmong(value: unknown, isTaken: (name: string) => boolean): string | undefined {
  const twice = Object.keys(value as object).find(isTaken);
  return twice && `must not have \`${twice}\`, which other members of the definition are for`;
}

/** A refresh token needs a grant that uses one, or `refresh`. */
export const isRefreshing: Check = (_value, { grantType = 'client_credentials', refresh }) => {
  const isUsed =
    refresh === undefined
      ? own<Grant>(grants, grantType)?.refreshable !== false
      : refresh !== 'never';
  return isUsed ? undefined : 'has no effect unless `refresh` says how it is used';
};

/** For members that only a login uses. `false` is allowed, because it asks for nothing. */
export const ofLogins: Check = (value, { grantType }) =>
  grantType === 'refresh_token' && value !== false
    ? 'has no effect on a grant that never logs in'
    : undefined;

/** For members about renewals: with `singleUse`, every request logs in. */
export const ofRenewals: Check = (value, { singleUse, grantType }) =>
  singleUse === true && grantType !== 'refresh_token' && value !== 'never'
    ? 'has no effect beside `singleUse`, with which every request logs in'
    : undefined;

export const needsRevocation: Check = (value, { revocation }) =>
  value && revocation === undefined ? 'needs `revocation`' : undefined;

/** axios follows redirects before their status can be judged. */
export const unfollowed: Check = (use, { axios }) => {
  const { rejected } = use as TokenUse;
  const redirect = rejected?.status?.find((status) => status >= 300 && status < 400);
  if (redirect === undefined || (isObject(axios) && axios['maxRedirects'] === 0)) return undefined;
  return `must not have ${redirect} in \`rejected.status\`, because redirects are followed; set \`axios: { maxRedirects: 0 }\` if this API sends no other redirect`;
};

/** A token that is signed here has no token response that could name its scheme. */
export const namesScheme: Check = (use, { grantType }) =>
  grantType === 'self_signed_jwt' && isOfResponse((use as TokenUse).scheme)
    ? 'has `scheme`, which must be a scheme: there is no response that names one'
    : undefined;
