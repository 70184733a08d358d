import { isMadeHere } from '../oauth2/assertions.js';
import { plain } from '../oauth2/credentials.js';
import {
  certificateProblem,
  JWT_ALGORITHMS,
  keyProblem,
  type JwtAlgorithm,
} from '../oauth2/jwt.js';
import {
  isObject,
  numberBetween,
  object,
  oneOf,
  record,
  text,
  type Check,
} from './option-checks.js';
import { isParameter, parameters } from './request-checks.js';

function claim(value: unknown): string | undefined {
  const bare = plain(value);
  return bare !== '' && isParameter(bare, {}) ? undefined : 'must be a value, or a list of values';
}

const jwt: Check = object(
  {
    key: (value, { algorithm }) =>
      typeof value === 'function' ? undefined : keyProblem(value, algorithm as JwtAlgorithm),
    algorithm: oneOf(JWT_ALGORITHMS),
    keyId: text,
    certificate: certificateProblem,
    issuer: claim,
    subject: claim,
    audience: claim,
    lifetime: numberBetween(1, 315_360_000, 'seconds'),
    claims: (value) =>
      isObject(value) && 'exp' in value
        ? 'must not have `exp`, which `lifetime` is for'
        : parameters(value, { encoding: 'json' }),
    header: record(
      (name) => name !== '',
      (value) => typeof value === 'string',
      'must be strings by name',
    ),
  },
  ['key'],
);

/**
 * An assertion: what it is made of, or a ready-made one.
 *
 * @param credential what is wrong with a credential
 */
export function clientAssertion(credential: Check): Check {
  return (value, definition) =>
    isMadeHere(value) ? jwt(value, definition) : credential(value, definition) && NEITHER;
}

/** The same for the assertion of a grant. */
export function assertion(credential: Check): Check {
  const either = clientAssertion(credential);
  return (value, definition) => {
    const { grantType } = definition;
    if (isMadeHere(value) && SAML.test(String(grantType))) {
      return 'must be a ready-made assertion: a string, or a function that returns one';
    }
    if (!isMadeHere(value) && grantType === 'self_signed_jwt') {
      return 'must be an object that says how the JWT is made, because the JWT is the token';
    }
    return either(value, definition);
  };
}

const SAML = /:saml2-bearer$/;

const NEITHER =
  'must be an object that says how it is made, or a ready-made one: a non-empty string, or a function that returns one';
