import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  KeyObject,
  randomUUID,
  sign,
  X509Certificate,
  constants,
  type webcrypto,
  type SignKeyObjectInput,
} from 'node:crypto';

import { Secret } from '../util/secret.js';
import { ShowableError } from './definition-functions.js';
import type { Parameter, RequestContext, RequestValue } from './request-definition.js';
import { resolveParameters } from './request-values.js';

/** A private key: PEM (PKCS #8, PKCS #1 or SEC 1), JWK (an object or JSON), or KeyObject. */
export type SigningKey = string | Secret | webcrypto.JsonWebKey | KeyObject;

/** RFC 7518 §3.1; `EdDSA` with Ed25519 (RFC 8037). */
export type JwtAlgorithm = `${'RS' | 'PS' | 'ES' | 'HS'}${256 | 384 | 512}` | 'EdDSA';

/** How a JWT is made, which is signed anew for each request (RFC 7519, RFC 7523 §3). */
export interface JwtOptions {
  /** A function is called once for each renewal, so that a vault can rotate the key. */
  readonly key: SigningKey | (() => SigningKey | Promise<SigningKey>);
  /** Default RS256, ES256, ES384, ES512, EdDSA or HS256, depending on the key. */
  readonly algorithm?: JwtAlgorithm | undefined;
  /** Header `kid`. Default none. */
  readonly keyId?: string | undefined;
  /** The certificate of the key as PEM, for the header `x5t#S256` (RFC 7515 §4.1.8). Default none. */
  readonly certificate?: string | undefined;
  /** Claim `iss`. Default: the client identifier. */
  readonly issuer?: RequestValue | undefined;
  /** Claim `sub`. Default: the client identifier; in an `assertion` the subject of the call, if there is one. */
  readonly subject?: RequestValue | undefined;
  /** Claim `aud`. Default: the URL of the request; none if the JWT is the access token. */
  readonly audience?: Parameter | undefined;
  /**
   * Seconds from `iat` to `exp`. Default 60 for a client assertion, 300 for the JWT bearer grant, 3,600 if the JWT is
   * the access token.
   */
  readonly lifetime?: number | undefined;
  /** Further claims, or replacements of those above. `jti` is a fresh UUID. */
  readonly claims?: Readonly<Record<string, Parameter>> | undefined;
  /** Further members of the header. Default none. */
  readonly header?: Readonly<Record<string, string>> | undefined;
}

/** The claims of a JWT whose options do not name them. */
export interface JwtDefaults {
  readonly issuer: string | undefined;
  readonly subject: string | undefined;
  readonly audience: string | undefined;
  readonly lifetime: number;
}

interface Hashed {
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  readonly keyType: 'rsa' | 'ec' | 'secret';
  /** The only curve of an ECDSA algorithm (RFC 7518 §3.4). */
  readonly curve?: string;
  readonly padding?: number;
}

type Algorithm =
  | Hashed
  | {
      readonly hash?: undefined;
      readonly keyType: 'ed25519';
      curve?: undefined;
      padding?: undefined;
    };

/** The members that set a claim. */
const MEMBERS: Record<string, string> = { iss: 'issuer', sub: 'subject', aud: 'audience' };

const PSS = constants.RSA_PKCS1_PSS_PADDING;

const ALGORITHMS = {
  RS256: { hash: 'sha256', keyType: 'rsa' },
  RS384: { hash: 'sha384', keyType: 'rsa' },
  RS512: { hash: 'sha512', keyType: 'rsa' },
  PS256: { hash: 'sha256', keyType: 'rsa', padding: PSS },
  PS384: { hash: 'sha384', keyType: 'rsa', padding: PSS },
  PS512: { hash: 'sha512', keyType: 'rsa', padding: PSS },
  ES256: { hash: 'sha256', keyType: 'ec', curve: 'prime256v1' },
  ES384: { hash: 'sha384', keyType: 'ec', curve: 'secp384r1' },
  ES512: { hash: 'sha512', keyType: 'ec', curve: 'secp521r1' },
  EdDSA: { keyType: 'ed25519' },
  HS256: { hash: 'sha256', keyType: 'secret' },
  HS384: { hash: 'sha384', keyType: 'secret' },
  HS512: { hash: 'sha512', keyType: 'secret' },
} satisfies Record<JwtAlgorithm, Algorithm>;

export const JWT_ALGORITHMS = Object.keys(ALGORITHMS) as JwtAlgorithm[];

/** RFC 7518 §3.3 and §3.5. */
const SHORTEST_RSA = 2_048;

/**
 * Signs a JWT.
 *
 * @param options with the key itself in place of a function
 * @throws {ShowableError} if the key cannot be read or does not suit the algorithm; the message holds nothing of it
 */
export async function signJwt(
  options: JwtOptions,
  defaults: JwtDefaults,
  context: RequestContext,
): Promise<string> {
  const key = signingKey(options.key as SigningKey);
  const algorithm = options.algorithm ?? defaultAlgorithm(key);
  const issuedAt = Math.floor(context.now / 1_000);
  const claims: Record<string, Parameter | undefined> = {
    iss: options.issuer ?? defaults.issuer,
    sub: options.subject ?? defaults.subject,
    aud: options.audience ?? defaults.audience,
    iat: issuedAt,
    exp: issuedAt + (options.lifetime ?? defaults.lifetime),
    jti: randomUUID(),
    ...options.claims,
  };
  const header = {
    alg: algorithm,
    typ: 'JWT',
    kid: options.keyId,
    'x5t#S256': options.certificate && thumbprint(options.certificate),
    ...options.header,
  };
  const placeOf = (claim: string) =>
    ({ path: MEMBERS[claim] ?? `claims.${claim}`, holds: 'json' }) as const;
  const payload = await resolveParameters(claims, context, placeOf);
  const content = `${encoded(header)}.${encoded(payload)}`;
  return `${content}.${signature(content, key, algorithm).toString('base64url')}`;
}

/** What is wrong with a key; `undefined` if nothing is. */
export function keyProblem(key: unknown, algorithm: JwtAlgorithm | undefined): string | undefined {
  try {
    const parsed = signingKey(key as SigningKey);
    if (algorithm !== undefined && !Object.hasOwn(ALGORITHMS, algorithm)) return undefined;
    return unsuitable(parsed, algorithm ?? defaultAlgorithm(parsed));
  } catch (error) {
    return (error as Error).message;
  }
}

/** What is wrong with a certificate; `undefined` if nothing is. */
export function certificateProblem(certificate: unknown): string | undefined {
  try {
    return void new X509Certificate(certificate as string);
  } catch {
    return 'must be a certificate as PEM';
  }
}

/**
 * The fingerprint by which several vendors identify a key: `SHA256:` and the digest of the public key in base64.
 *
 * @throws {TypeError} if the key cannot be read; the message holds nothing of it
 */
export function publicKeyFingerprint(key: SigningKey): string {
  const der = createPublicKey(signingKey(key)).export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(der).digest('base64')}`;
}

/**
 * Digest of a key, which is the same for every form of it. Of a key pair, only the public part counts.
 *
 * @throws {TypeError} if the key cannot be read; the message holds nothing of it
 */
export function keyThumbprint(key: SigningKey): string {
  const parsed = signingKey(key);
  const bytes =
    parsed.type === 'secret'
      ? parsed.export()
      : createPublicKey(parsed).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(bytes).digest('base64url');
}

function signingKey(key: SigningKey): KeyObject {
  const material = key instanceof Secret ? key.reveal() : key;
  if (material instanceof KeyObject) {
    if (material.type !== 'public') return material;
    throw new ShowableError('must be a private key, but this one is public');
  }
  try {
    const isJwk = typeof material !== 'string' || material.trimStart().startsWith('{');
    if (!isJwk) return createPrivateKey(material);
    const jwk = (
      typeof material === 'string' ? JSON.parse(material) : material
    ) as webcrypto.JsonWebKey;
    if (jwk.kty === 'oct' && jwk.k !== undefined) {
      return createSecretKey(Buffer.from(jwk.k, 'base64url'));
    }
    return createPrivateKey({ key: { ...jwk }, format: 'jwk' });
  } catch {
    // The error of the parser may quote the key.
    throw new ShowableError('must be a private key as PEM, JWK or KeyObject, without a passphrase');
  }
}

function defaultAlgorithm(key: KeyObject): JwtAlgorithm {
  if (key.type === 'secret') return 'HS256';
  const curve = key.asymmetricKeyDetails?.namedCurve;
  const suitable = JWT_ALGORITHMS.find((name) => {
    const { keyType, curve: needed }: Algorithm = ALGORITHMS[name];
    return keyType === key.asymmetricKeyType && (needed === undefined || needed === curve);
  });
  if (suitable) return suitable;
  throw new ShowableError('must be an RSA, EC (P-256, P-384, P-521) or Ed25519 key');
}

function unsuitable(key: KeyObject, name: JwtAlgorithm): string | undefined {
  const { keyType, curve }: Algorithm = ALGORITHMS[name];
  const type = key.type === 'secret' ? 'secret' : key.asymmetricKeyType;
  const details = key.asymmetricKeyDetails;
  if (type !== keyType) return `must be of type ${keyType} for ${name}, but this one is ${type}`;
  if (curve && details?.namedCurve !== curve) return `must be on the curve ${curve} for ${name}`;
  if (type === 'secret' && key.symmetricKeySize === 0) return 'must not be empty';
  const tooShort = type === 'rsa' && (details?.modulusLength ?? 0) < SHORTEST_RSA;
  return tooShort ? `must have at least ${SHORTEST_RSA} bits` : undefined;
}

function signature(content: string, key: KeyObject, name: JwtAlgorithm): Buffer {
  const problem = unsuitable(key, name);
  if (problem) throw new ShowableError(problem);
  const { hash, keyType, padding }: Algorithm = ALGORITHMS[name];
  const data = Buffer.from(content);
  if (keyType === 'secret') return createHmac(hash, key).update(data).digest();
  const input: SignKeyObjectInput = { key, dsaEncoding: 'ieee-p1363' };
  if (padding !== undefined) {
    input.padding = padding;
    input.saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  }
  return sign(hash ?? null, data, input);
}

function thumbprint(certificate: string): string {
  return createHash('sha256').update(new X509Certificate(certificate).raw).digest('base64url');
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
