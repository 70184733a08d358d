import { isMadeHere } from '../../oauth2/credentials.js';
import { isCredential, LONGEST_CREDENTIAL, plain } from '../../oauth2/credentials.js';
import { keyProblem, type JwtAlgorithm } from '../../oauth2/jwt.js';
import { firstProblem, isObject, type Check } from './options.js';

export const credential: Check = (value) => {
  if (typeof value === 'function') return undefined;
  const text = plain(value);
  if (isCredential(text)) return undefined;
  return text === ''
    ? 'is empty, like an environment variable that is not set'
    : `must be a non-empty string of at most ${LONGEST_CREDENTIAL} characters, or a function that returns one`;
};

export const credentials: Check = (value, ...rest) =>
  isObject(value)
    ? firstProblem(value, (item) => credential(item, ...rest))
    : 'must be credentials by name';

/** A credential that other grants do not send. */
export const onlyWith =
  (grant: string): Check =>
  (_value, { grantType }) =>
    grantType === grant || grantType === 'custom'
      ? undefined
      : `has no effect unless \`grantType\` is '${grant}'; a credential that only a function needs belongs under \`credentials\``;

export const signingKey: Check = (value, { algorithm }) =>
  typeof value === 'function' ? undefined : keyProblem(value, algorithm as JwtAlgorithm);

/**
 * An assertion: an object that says how the JWT is made, or a ready-made one.
 *
 * @param jwt the check of such an object
 */
export function clientAssertion(jwt: Check): Check {
  return (value, ...rest) =>
    isMadeHere(value) ? jwt(value, ...rest) : credential(value, ...rest) && NEITHER;
}

/** The same for the assertion of a grant. */
export function assertion(jwt: Check): Check {
  const either = clientAssertion(jwt);
  return (value, beside, definition) => {
    const { grantType } = definition;
    if (isMadeHere(value) && SAML.test(String(grantType))) {
      return 'must be a ready-made assertion: a string, or a function that returns one';
    }
    if (!isMadeHere(value) && grantType === 'self_signed_jwt') {
      return 'must be an object that says how the JWT is made, because the JWT is the token';
    }
    return either(value, beside, definition);
  };
}

const SAML = /:saml2-bearer$/;

const NEITHER =
  'must be an object that says how the assertion is made, or a ready-made one: a non-empty string, or a function that returns one';
