import type { TokenUse } from '../../oauth2/token-use.js';
import { every, isFunction, object, text, unless } from '../checks/options.js';
import * as values from '../checks/values.js';
import type { Member } from './member.js';

const REJECTED = {
  status: { doc: 'Status codes that reject the token, beside 401.', check: values.statuses },
  body: {
    doc: 'Values of members that reject the token, by path, whatever the status.',
    check: values.conditions,
  },
} satisfies Record<keyof NonNullable<TokenUse['rejected']>, Member>;

/** The members of `use`. A token travels in one way only (RFC 6750 §2). */
export const USE = {
  scheme: {
    doc: "Scheme before the token, `''` for none, or `{ tokenType: true }` for the `token_type` of the response. Default `Bearer`.",
    check: every(
      values.scheme,
      unless(
        ({ cookie, queryParameter }, scheme) =>
          scheme !== '' && (cookie !== undefined || queryParameter !== undefined),
        'has no effect beside `cookie` or `queryParameter`, in which the token stands alone',
      ),
    ),
  },
  header: {
    doc: 'Header that carries the token. Default `Authorization`.',
    check: values.headerName,
  },
  cookie: {
    doc: 'Cookie that carries the token instead.',
    check: every(
      values.cookieName,
      unless(
        ({ header }) => header !== undefined,
        'must not stand beside `header`: a token travels in one place',
      ),
    ),
  },
  queryParameter: {
    doc: 'Query parameter that carries the token instead.',
    check: every(
      text,
      unless(
        ({ header, cookie }) => header !== undefined || cookie !== undefined,
        'must not stand beside `header` or `cookie`: a token travels in one place',
      ),
    ),
  },
  headers: {
    doc: 'Further headers of each request to the API. Default none.',
    check: every(values.headers, values.besideTheToken),
    secret: 'strings',
  },
  sign: {
    doc: 'A function that signs each request to the API and returns headers and query parameters.',
    check: isFunction,
  },
  rejected: {
    doc: 'Responses of the API that reject the token although their status is not 401: `status`, `body`. Default none.',
    check: object(REJECTED),
    members: REJECTED,
    sent: false,
  },
} satisfies Record<keyof TokenUse, Member>;
