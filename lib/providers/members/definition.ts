import { requestIdentity } from '../../oauth2/account-key.js';
import { axiosOptions } from '../checks/axios.js';
import {
  every,
  flag,
  isFunction,
  numberBetween,
  object,
  objectOr,
  oneOf,
  unless,
} from '../checks/options.js';
import * as protocol from '../checks/protocol.js';
import * as urls from '../checks/urls.js';
import type { ProviderDefinition } from '../provider-definition.js';
import { LOGIN } from './login.js';
import type { Member } from './member.js';
import { REFRESH, REVOCATION } from './requests.js';
import { USE } from './use.js';

const NAME = /^[\w.:-]{1,64}$/;

/** Whether a value can be the name of a provider. */
export const isProviderName = (value: unknown): value is string =>
  typeof value === 'string' && NAME.test(value);

/** The members of a union of types, whichever of them has the member. */
type MemberOf<T> = T extends unknown ? keyof T : never;

/** All members of a definition. */
export const MEMBERS = {
  name: {
    doc: 'Name under which the provider is injected: 1 to 64 letters, digits and `_ . : -`. Required.',
    check: (value) =>
      isProviderName(value) ? undefined : 'must be 1 to 64 letters, digits or _ . : -',
  },
  enabled: {
    doc: '`false` for a provider that has no credentials in this environment. Default `true`.',
    check: flag,
  },
  baseURL: {
    doc: 'Base URL of the API. Requests to its origin, below its path, carry the token. Required, unless `baseURLFrom` is there.',
    check: urls.baseURL,
  },
  baseURLFrom: {
    doc: 'Path of the base URL in `extra` of the token set, or a function of the account. Needs `origins`.',
    check: urls.baseURLFrom,
  },
  origins: {
    doc: 'Further origins of the API. `*` may stand for the first label of a host name. Default none.',
    check: urls.origins,
  },
  allowInsecureOrigins: {
    doc: 'Allows plain http to hosts that are not loopback addresses. Default `false`.',
    check: flag,
  },
  ...LOGIN,
  refresh: {
    doc: 'How tokens are renewed: `standard`, `undocumented`, `never`, or an object. Default `standard` for grants with refresh tokens.',
    check: every(
      objectOr(REFRESH, oneOf(['standard', 'undocumented', 'never'])),
      protocol.ofRenewals,
    ),
    members: REFRESH,
    account: (refresh) => (typeof refresh === 'object' ? requestIdentity(refresh) : undefined),
    functions: 'refresh',
    sent: true,
    ofTokenRequest: true,
  },
  refreshWindow: {
    doc: "Share of a token's life, at its end, in which it is renewed in the background, from 0 to 0.9. Default 0.2, at most 120 s.",
    check: every(numberBetween(0, 0.9, 'lives'), protocol.ofRenewals),
  },
  singleUse: {
    doc: 'Each token is good for one request. Default `false`.',
    check: every(protocol.ofLogins, flag),
  },
  revocation: {
    doc: 'URL of the revocation endpoint (RFC 7009), or how the vendor ends a session. Default none.',
    check: objectOr(REVOCATION, urls.requestUrl),
    members: REVOCATION,
    functions: 'revocation',
    sent: true,
  },
  revokeOnShutdown: {
    doc: 'Revokes the tokens when the app shuts down. Needs `revocation`. Default `false`.',
    check: every(flag, protocol.needsRevocation),
  },
  revokeReplaced: {
    doc: 'Revokes a token 30 seconds after a login has replaced it. Needs `revocation`. Default `false`.',
    check: every(
      protocol.ofLogins,
      flag,
      protocol.needsRevocation,
      unless(
        ({ singleUse }, value) => value === true && singleUse === true,
        'has no effect on tokens that are good for one request',
      ),
    ),
  },
  use: {
    doc: 'How the token travels to the API. Default `Authorization: Bearer`.',
    check: every(object(USE), protocol.unfollowed, protocol.namesScheme),
    members: USE,
    functions: 'use',
    sent: true,
  },
  retry: {
    doc: 'Which requests are sent once more after a 401: `all`, `idempotent` or `none`. Default `all`.',
    check: oneOf(['all', 'idempotent', 'none']),
  },
  subject: {
    doc: 'A function that returns the subject of calls that name none. Default none.',
    check: isFunction,
  },
  deadline: {
    doc: 'Milliseconds that one renewal may take. Default 10,000.',
    check: numberBetween(1, 600_000, 'milliseconds'),
  },
  axios: {
    doc: 'axios options for requests to the API, such as timeout, agents and proxy. Default: those of the module.',
    check: axiosOptions,
    secret: 'values',
  },
  onTokenSet: {
    doc: 'A function that is called with each new token set before it is used. Default none.',
    check: isFunction,
  },
} satisfies Record<MemberOf<ProviderDefinition>, Member>;
