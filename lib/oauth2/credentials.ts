import { bare } from '../util/memory.js';
import { kindOf, OAuth2ClientError } from '../core/errors.js';
import type { TokenTarget } from '../core/token-target.js';
import { Secret } from '../util/secret.js';
import type { JwtOptions } from './jwt.js';

/**
 * A string, or a function that is called once for each renewal, so that a vault can rotate the credential. The function
 * gets the account that the token is for. If it throws or returns anything but a string, the renewal fails with
 * `CREDENTIALS_UNAVAILABLE`.
 */
export type Credential = string | Secret | ((target: TokenTarget) => string | Promise<string>);

/** The standard credentials: whether each is a secret, and whether it is part of the account key. */
export const CREDENTIAL_FACTS = {
  clientId: { isSecret: false, isOfAccount: true },
  clientSecret: { isSecret: true, isOfAccount: true },
  username: { isSecret: false, isOfAccount: true },
  password: { isSecret: true, isOfAccount: true },
  refreshToken: { isSecret: true, isOfAccount: false },
  subjectToken: { isSecret: true, isOfAccount: true },
  actorToken: { isSecret: true, isOfAccount: true },
} satisfies Record<CredentialName, { isSecret: boolean; isOfAccount: boolean }>;

/** The names of the standard credentials. */
export type CredentialName =
  | 'clientId'
  | 'clientSecret'
  | 'username'
  | 'password'
  | 'refreshToken'
  | 'subjectToken'
  | 'actorToken';

/** The names of the standard credentials, as definitions spell them. */
export const CREDENTIALS = Object.keys(CREDENTIAL_FACTS) as CredentialName[];

/** The members whose values are credentials, ready-made assertions included. */
const STANDARD: readonly string[] = [...CREDENTIALS, 'clientAssertion', 'assertion'];

/** Credentials as configured. */
export type CredentialOptions = Partial<Record<CredentialName, Credential>> & {
  /** Credentials that only this vendor has, by any names: for the functions in the definition. */
  readonly credentials?: Readonly<Record<string, Credential>> | undefined;
};

/** Credentials as sent, including those of `credentials`. */
export type Credentials = Partial<Record<CredentialName, string>> &
  Readonly<Record<string, string>>;

/** The assertions of a definition: how they are made, or ready-made ones as credentials. */
export interface JwtCredentials {
  /** The JWT of `private_key_jwt` (RFC 7523 §2.2). */
  readonly clientAssertion?: JwtOptions | Credential | undefined;
  /**
   * The assertion of the JWT bearer grant (RFC 7523 §2.1) or of the SAML bearer grant (RFC 7522 §2.1); or the JWT that
   * is the access token itself (`self_signed_jwt`).
   */
  readonly assertion?: JwtOptions | Credential | undefined;
}

/** Whether the package makes and signs an assertion. Otherwise it is ready-made, or there is none. */
export function isMadeHere(assertion: unknown): assertion is JwtOptions {
  return typeof assertion === 'object' && assertion !== null && !(assertion instanceof Secret);
}

/** In characters. Tokens and keys that are sent with a request are shorter. */
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

/** The resolved credentials that must never be printed. */
export function secretsAmong(credentials: Credentials): string[] {
  const secret = Object.entries(credentials).filter(([name]) => isSecret(name));
  return secret.map(([, value]) => value);
}

/** All credentials of a definition by name, ready-made assertions included. */
export function credentialsOf(options: CredentialOptions & JwtCredentials): [string, Credential][] {
  const { clientAssertion, assertion } = options;
  const assertions = Object.entries({ clientAssertion, assertion });
  const readyMade = assertions.filter(([, value]) => !isMadeHere(value)) as [string, Credential][];
  const standard = CREDENTIALS.map((name) => [name, options[name]] as const);
  const all = [...Object.entries(options.credentials ?? {}), ...readyMade, ...standard];
  return all.filter((entry): entry is [string, Credential] => entry[1] !== undefined);
}

/**
 * Calls the credential functions of a definition, all at the same time.
 *
 * @param noteSpace called for each credential from a function that has blanks at an end
 * @throws {OAuth2ClientError} `CREDENTIALS_UNAVAILABLE`, naming the member
 */
export async function resolveCredentials(
  provider: string,
  options: CredentialOptions & JwtCredentials,
  target: TokenTarget,
  noteSpace: (name: string) => void,
): Promise<Credentials> {
  const resolved = await Promise.all(
    credentialsOf(options).map(async ([name, option]) => {
      if (typeof option !== 'function') return [name, plain(option)]; // checked at start
      const member = STANDARD.includes(name) ? name : `credentials.${name}`;
      const value = await called(provider, member, async () => option(target));
      if (!isCredential(value)) {
        throw unavailable(provider, member, `returned ${describe(value)}`, RETURNED);
      }
      const stray = strayEndOf(value);
      if (stray === 'break') {
        const what = 'returned a text that begins or ends with a line break or tab';
        throw unavailable(provider, member, what, RETURNED);
      }
      if (stray === 'space') noteSpace(member);
      return [name, value];
    }),
  );
  return Object.fromEntries(resolved) as Credentials;
}

/**
 * Calls the functions that return the keys of a definition, so that one key signs all requests of a renewal and is
 * part of the account key.
 *
 * @throws {OAuth2ClientError} `CREDENTIALS_UNAVAILABLE`, naming the member
 */
export async function resolveKeys(
  provider: string,
  { clientAssertion, assertion }: JwtCredentials,
): Promise<JwtCredentials> {
  const resolved = async <A>(member: keyof JwtCredentials, options: A | JwtOptions) => {
    const key = isMadeHere(options) ? options.key : undefined;
    if (typeof key !== 'function') return options;
    return bare({ ...options, key: await called(provider, `${member}.key`, async () => key()) });
  };
  const [client, own] = await Promise.all([
    resolved('clientAssertion', clientAssertion),
    resolved('assertion', assertion),
  ]);
  return { clientAssertion: client, assertion: own };
}

/** Whether credentials or keys come from functions, so that the next call may return new ones. */
export function credentialsMayChange(options: CredentialOptions & JwtCredentials): boolean {
  const keys = keysOf(options);
  const credentials = credentialsOf(options).map(([, credential]) => credential);
  return [...keys, ...credentials].some((value) => typeof value === 'function');
}

/** The keys that sign the assertions of a definition. */
export function keysOf({ clientAssertion, assertion }: JwtCredentials): JwtOptions['key'][] {
  return [clientAssertion, assertion].filter(isMadeHere).map(({ key }) => key);
}

/** Whether a value can be sent as a credential: a string that is neither blank nor too long. */
export function isCredential(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_CREDENTIAL && value.trim() !== '';
}

/** A configured credential as it is sent. */
export function plain(option: unknown): unknown {
  return option instanceof Secret ? option.reveal() : option;
}

/**
 * White space at an end of a text. `break`: line breaks or tabs, as in a file that `echo` has written. No vendor accepts
 * them, and they are invisible in messages.
 */
export type StrayEnd = 'break' | 'space';

/** White space at an end of a single line. In a text of several lines, such as a PEM, it is usual. */
export function strayEndOf(value: string): StrayEnd | undefined {
  const inner = value.trim();
  if (inner === '' || inner.length === value.length || /[\r\n]/.test(inner)) return undefined;
  const start = value.indexOf(inner);
  const outer = value.slice(0, start) + value.slice(start + inner.length);
  // A text that begins on a line of its own, such as a query in a template literal, is written so in the source.
  if (/[\r\n]/.test(value.slice(0, start)) && /\s/.test(inner)) return undefined;
  return /[\r\n\t]/.test(outer) ? 'break' : 'space';
}

/** Calls a function of the configuration. The error of a vault's client may quote the secret, so it is not shown. */
async function called<T>(provider: string, member: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    throw unavailable(provider, member, `threw (${kindOf(error)})`, THREW);
  }
}

const THREW =
  'Check the place where the secret is stored. The error of the function is not shown, because it may quote the secret.';
const RETURNED =
  'Let the function return the value or a promise of it. Look for a missing `return`, or for an environment variable or an entry of the vault that is not set.';

function unavailable(
  provider: string,
  member: string,
  what: string,
  hint: string,
): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'CREDENTIALS_UNAVAILABLE',
    provider,
    stage: 'credentials',
    reason: `The function configured as \`${member}\` ${what}. Expected a non-empty string of at most ${LONGEST_CREDENTIAL} characters.`,
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
