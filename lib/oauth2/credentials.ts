import { kindOf, OAuth2ClientError } from '../core/errors.js';
import { Secret } from '../util/secret.js';
import type { TokenTarget } from '../core/token-target.js';
import type { Credential } from './credential.js';
import { isMadeHere, type JwtCredentials } from './assertions.js';
import { strayEndOf } from './stray-ends.js';

export type { Credential } from './credential.js';

/** The standard credentials: whether each may be printed, and whether it is part of the account key. */
export const CREDENTIAL_FACTS = {
  clientId: { isSecret: false, isOfAccount: true },
  clientSecret: { isSecret: true, isOfAccount: true },
  username: { isSecret: false, isOfAccount: true },
  password: { isSecret: true, isOfAccount: true },
  refreshToken: { isSecret: true, isOfAccount: false },
  subjectToken: { isSecret: true, isOfAccount: true },
  actorToken: { isSecret: true, isOfAccount: true },
};

export type CredentialName = keyof typeof CREDENTIAL_FACTS;

/** The names of the standard credentials, as definitions spell them. */
export const CREDENTIALS = Object.keys(CREDENTIAL_FACTS) as CredentialName[];

/** The members whose values are credentials, ready-made assertions among them. */
const STANDARD: readonly string[] = [...CREDENTIALS, 'clientAssertion', 'assertion'];

/** Credentials as configured. */
export type CredentialOptions = Partial<Record<CredentialName, Credential>> & {
  /** Credentials that only this vendor has, by any names: for the functions in the definition. */
  readonly credentials?: Readonly<Record<string, Credential>> | undefined;
};

/** Credentials as sent; those of `credentials` among them. */
export type Credentials = Partial<Record<CredentialName, string>> &
  Readonly<Record<string, string>>;

/** Characters. No token or key that is sent with a request is as long. */
export const LONGEST_CREDENTIAL = 65_536;

function factsOf(name: string) {
  return Object.hasOwn(CREDENTIAL_FACTS, name)
    ? CREDENTIAL_FACTS[name as CredentialName]
    : { isSecret: true, isOfAccount: true };
}

/** Whether a credential must never be printed. */
export function isSecret(name: string): boolean {
  return factsOf(name).isSecret;
}

/** Whether a credential is part of the account key. */
export function isOfAccount(name: string): boolean {
  return factsOf(name).isOfAccount;
}

/** The values among resolved credentials that must never be printed. */
export function secretsAmong(credentials: Credentials): string[] {
  const secret = Object.entries(credentials).filter(([name]) => isSecret(name));
  return secret.map(([, value]) => value);
}

/** All credentials of a definition by name, ready-made assertions among them. */
export function credentialsOf(options: CredentialOptions & JwtCredentials): [string, Credential][] {
  const { clientAssertion, assertion } = options;
  const assertions = Object.entries({ clientAssertion, assertion });
  const readyMade = assertions.filter(([, value]) => !isMadeHere(value)) as [string, Credential][];
  const standard = CREDENTIALS.map((name) => [name, options[name]] as const);
  const all = [...Object.entries(options.credentials ?? {}), ...readyMade, ...standard];
  return all.filter((entry): entry is [string, Credential] => entry[1] !== undefined);
}

/**
 * Calls the credential functions of a definition, all at once.
 *
 * @param noteSpace told of a credential with blanks at an end
 * @throws {OAuth2ClientError} `CREDENTIALS_UNAVAILABLE`, naming the field
 */
export async function resolveCredentials(
  provider: string,
  options: CredentialOptions & JwtCredentials,
  target: TokenTarget,
  noteSpace: (name: string) => void,
): Promise<Credentials> {
  const resolved = await Promise.all(
    credentialsOf(options).map(async ([name, option]) => {
      const isStandard = STANDARD.includes(name);
      const member = isStandard ? name : `credentials.${name}`;
      const value = await resolve(provider, member, option, target);
      if (typeof option === 'function' && strayEndOf(value)) noteSpace(member);
      return [name, value];
    }),
  );
  return Object.fromEntries(resolved) as Credentials;
}

async function resolve(
  provider: string,
  field: string,
  option: Credential,
  target: TokenTarget,
): Promise<string> {
  const value = await called(provider, field, async () =>
    typeof option === 'function' ? option(target) : plain(option),
  );
  if (!isCredential(value)) {
    throw unavailable(provider, field, `returned ${describe(value)}`, RETURNED);
  }
  // Constants were checked at start.
  if (typeof option !== 'function' || strayEndOf(value) !== 'break') return value;
  const what = 'returned a text that begins or ends with a line break or tab';
  throw unavailable(provider, field, what, RETURNED);
}

/** Whether a value can be sent as a credential: a string that is neither blank nor endless. */
export function isCredential(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_CREDENTIAL && value.trim() !== '';
}

/** What a function of the configuration returns. The error of a vault's client may quote the secret. */
export async function called<T>(
  provider: string,
  field: string,
  make: () => Promise<T>,
): Promise<T> {
  try {
    return await make();
  } catch (error) {
    throw unavailable(provider, field, `threw (${kindOf(error)})`, THREW);
  }
}

/** Whether credentials or keys come from functions, so that there may be new ones. */
export function credentialsMayChange(options: CredentialOptions & JwtCredentials): boolean {
  const keys = [options.clientAssertion, options.assertion].map((assertion) =>
    isMadeHere(assertion) ? assertion.key : undefined,
  );
  const credentials = credentialsOf(options).map(([, credential]) => credential);
  return [...keys, ...credentials].some((value) => typeof value === 'function');
}

/** A credential that is configured as it is sent. */
export function plain(option: unknown): unknown {
  return option instanceof Secret ? option.reveal() : option;
}

const THREW =
  'Check the place where the secret is kept; its own error is not shown here, for it may quote the secret.';
const RETURNED =
  'Let the function return the value or a promise of it: look for a missing `return`, or for an environment variable or an entry of the vault that is not set.';

function unavailable(
  provider: string,
  field: string,
  what: string,
  hint: string,
): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'CREDENTIALS_UNAVAILABLE',
    provider,
    stage: 'credentials',
    reason: `The function configured as \`${field}\` ${what}; a non-empty string of at most ${LONGEST_CREDENTIAL} characters was expected.`,
    hint,
    retryable: true,
    evaluated: false,
  });
}

function describe(value: unknown): string {
  if (typeof value === 'string') {
    if (value.length > LONGEST_CREDENTIAL) return `${value.length} characters`;
    return value === '' ? 'an empty string' : 'nothing but white space';
  }
  return value === null || value === undefined ? String(value) : `a value of type ${typeof value}`;
}
