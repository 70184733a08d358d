import { clientAuthentications } from '../../oauth2/client-authentication.js';
import type { RequestDefinition } from '../../oauth2/request-definition.js';
import type { ResponseDefinition } from '../../oauth2/response-definition.js';
import type {
  RefreshDefinition,
  RevocationDefinition,
  StepDefinition,
} from '../../oauth2/token-endpoint.js';
import type { QuotaOptions } from '../../oauth2/vendor-queue.js';
import {
  either,
  every,
  firstProblem,
  flag,
  integerBetween,
  isFunction,
  isObject,
  numberBetween,
  object,
  oneOf,
  unless,
  type Check,
} from '../checks/options.js';
import { selector } from '../checks/selectors.js';
import { requestUrl } from '../checks/urls.js';
import * as values from '../checks/values.js';
import type { Member } from './member.js';

const noBody = (problem: string): Check => unless(({ body }) => body !== undefined, problem);

const besideParameters = every(
  noBody('must not stand beside `body`, which makes the whole body'),
  unless(
    ({ encoding }) => encoding === 'none',
    "must not stand beside `encoding: 'none'`, with which they are not sent",
  ),
);

/** The members of any request to the vendor. */
export const REQUEST = {
  method: {
    doc: '`GET`, `POST`, `PUT` or `DELETE`. Default `POST`.',
    check: values.method,
  },
  encoding: {
    doc: 'How the parameters are sent: `form`, `multipart`, `json`, `query` or `none`. Default `form`; `query` with `GET` and `DELETE`.',
    check: every(
      oneOf(['form', 'multipart', 'json', 'query', 'none']),
      unless(
        ({ body }, encoding) => body !== undefined && encoding !== 'none',
        'must not stand beside `body`, which makes the whole body; name its type in `headers`',
      ),
    ),
  },
  parameters: {
    doc: 'Further parameters, by name. Default none.',
    check: every(values.parameters, besideParameters),
    secret: 'strings',
  },
  query: {
    doc: 'Parameters in the URL, whatever the encoding. Default none.',
    check: values.query,
    secret: 'strings',
  },
  headers: {
    doc: 'Further headers. Default `Accept: application/json`; the encoding sets the content type.',
    check: values.headers,
    secret: 'strings',
  },
  body: {
    doc: 'A function that makes the whole body, such as XML, instead of parameters.',
    check: isFunction,
  },
  sign: {
    doc: 'A function that signs the encoded request and returns headers and query parameters.',
    check: isFunction,
  },
} satisfies Record<keyof RequestDefinition, Member>;

const OUTCOME = {
  success: {
    doc: 'Values that members have in every success, by path; or a function. Default: any 2xx response without an error.',
    check: either(isFunction, values.conditions),
  },
  failure: {
    doc: 'Values that members have only in a failure, by path. Default none.',
    check: values.conditions,
  },
  error: { doc: "Code of the vendor's error. Default `error`.", check: selector },
  errorDescription: {
    doc: "Text of the vendor's error. Default `error_description`, `message`, `msg` or `errmsg`.",
    check: selector,
  },
  errors: {
    doc: 'Meaning of error codes: `permanent`, `credentials`, `transient` or `throttled`. Default: RFC 6749 §5.2.',
    check: values.meanings('error code'),
  },
  statuses: {
    doc: 'Meaning of HTTP statuses of failures, in the same words. Default: RFC 9110.',
    check: values.meanings('HTTP status', (status) => /^[2-5]\d\d$/.test(status)),
  },
  capture: {
    doc: 'Further values for `extra` of the token set: selectors by name. Default none.',
    check: (value) =>
      isObject(value) ? firstProblem(value, selector) : 'must be selectors by name',
  },
} satisfies Record<keyof NonNullable<StepDefinition['response']>, Member>;

/** The members of `response`. */
export const RESPONSE = {
  accessToken: { doc: 'Access token. Default `access_token`.', check: selector },
  expiresIn: { doc: 'Lifetime of the access token. Default `expires_in`.', check: selector },
  refreshToken: { doc: 'Refresh token. Default `refresh_token`.', check: selector },
  refreshExpiresIn: {
    doc: 'Lifetime of the refresh token. Default `refresh_expires_in` or `refresh_token_expires_in`, in seconds.',
    check: selector,
  },
  tokenType: { doc: 'Token type. Default `token_type`.', check: selector },
  scope: { doc: 'Granted scope. Default `scope`.', check: selector },
  ...OUTCOME,
} satisfies Record<keyof ResponseDefinition, Member>;

const url: Member = {
  doc: 'URL, or a `/path` at the origin of the token endpoint, or a function that returns one of both.',
  check: requestUrl,
};

const clientAuthentication: Member = {
  doc: 'Client authentication of this request.',
  check: oneOf(Object.keys(clientAuthentications)),
};

/** The members of a step in `before` or `after`. */
export const STEP = {
  url: { ...url, required: true },
  ...REQUEST,
  response: {
    doc: 'How the response of the step says that it failed, and what of it is captured.',
    check: object(OUTCOME),
    members: OUTCOME,
    sent: false,
  },
  until: {
    doc: 'Repeats the step every second until members of its response have these values. Default: one request.',
    check: values.conditions,
    sent: false,
  },
} satisfies Record<keyof StepDefinition, Member>;

/** The members of `refresh`. */
export const REFRESH = {
  url: { ...url, doc: `${url.doc} Default: the token endpoint.` },
  ...REQUEST,
  parameters: {
    ...REQUEST.parameters,
    check: every(values.refreshParameters, besideParameters),
  },
  grantType: {
    doc: '`refresh_token`, or `custom` where `parameters`, `query` and `headers` say everything. Default `refresh_token`.',
    check: oneOf(['refresh_token', 'custom']),
  },
  clientAuthentication: {
    ...clientAuthentication,
    doc: `${clientAuthentication.doc} Default: that of the definition.`,
  },
  prolongs: {
    doc: 'The vendor extends the life of the same access token. Default `false`.',
    check: flag,
  },
  limit: {
    doc: 'Renewals after which the vendor wants a new login. Default: no limit.',
    check: integerBetween(1, 1_000_000, 'renewals'),
  },
  undocumented: {
    doc: 'The vendor does not document refreshing. After one refusal and a successful login, the account does not refresh again. Default `false`.',
    check: flag,
  },
} satisfies Record<keyof RefreshDefinition, Member>;

/** The members of `revocation`. */
export const REVOCATION = {
  url: { ...url, required: true },
  ...REQUEST,
  clientAuthentication: {
    ...clientAuthentication,
    doc: `${clientAuthentication.doc} Default: none, because the token alone ends a session.`,
  },
} satisfies Record<keyof RevocationDefinition, Member>;

/** The members of `quota`. */
export const QUOTA = {
  requests: {
    doc: 'Requests in a period, from 1 to 1,000,000.',
    check: integerBetween(1, 1_000_000, 'requests'),
    required: true,
  },
  seconds: {
    doc: 'Length of the period in seconds, from 1 to 2,592,000 (30 days).',
    check: numberBetween(1, 2_592_000, 'seconds'),
    required: true,
  },
} satisfies Record<keyof QuotaOptions, Member>;
