import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** 32 random bytes: raw, or as a string in base64, base64url or hexadecimal digits. */
export type EncryptionKey = string | Uint8Array;

const KEY = 32;
const IV = 12;
const TAG = 16;
const CIPHER = 'aes-256-gcm';

interface Key {
  readonly id: string;
  readonly secret: Buffer;
}

/** Encrypts with its first key and decrypts with any of its keys (AES-256-GCM). */
export class KeyRing {
  readonly #keys: readonly Key[];

  /** @throws {TypeError} for an invalid key, without quoting it */
  constructor(keys: readonly EncryptionKey[]) {
    if (keys.length === 0) throw new TypeError('`encryptionKeys` must hold at least one key.');
    this.#keys = keys.map((key, i) => {
      const secret = derived(bytesOf(key, `encryptionKeys[${i}]`), 'encryption');
      return { id: digest(secret, 'id').slice(0, 8), secret };
    });
  }

  /** @param context identifies the place of the text: it cannot be opened elsewhere */
  seal(text: string, context: string): string {
    const { id, secret } = this.#keys[0]!;
    const iv = randomBytes(IV);
    const cipher = createCipheriv(CIPHER, secret, iv, { authTagLength: TAG });
    cipher.setAAD(Buffer.from(`${context}|${id}`));
    const sealed = [iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
    return `${id}.${Buffer.concat(sealed).toString('base64url')}`;
  }

  /** `undefined` if the text was sealed with another key or for another context, or was changed. */
  open(sealed: string, context: string): string | undefined {
    const end = sealed.indexOf('.');
    const [id, text] = [sealed.slice(0, end), sealed.slice(end + 1)];
    const key = this.#keys.find((one) => one.id === id);
    const bytes = Buffer.from(text, 'base64url');
    const isWhole = bytes.toString('base64url') === text && bytes.length > IV + TAG;
    if (!key || !isWhole) return undefined;
    const decipher = createDecipheriv(CIPHER, key.secret, bytes.subarray(0, IV), {
      authTagLength: TAG,
    });
    decipher.setAAD(Buffer.from(`${context}|${id}`));
    decipher.setAuthTag(bytes.subarray(-TAG));
    try {
      const parts = [decipher.update(bytes.subarray(IV, -TAG)), decipher.final()];
      return Buffer.concat(parts).toString('utf8');
    } catch {
      return undefined;
    }
  }
}

/** Makes names that reveal nothing without the key. */
export class Names {
  readonly #secret: Buffer;
  readonly #signing: Buffer;

  /** @throws {TypeError} for an invalid key, without quoting it */
  constructor(key: EncryptionKey) {
    const bytes = bytesOf(key, 'nameKey');
    this.#secret = derived(bytes, 'names');
    this.#signing = derived(bytes, 'signatures');
  }

  of(key: string): string {
    return digest(this.#secret, key);
  }

  /** A signature that can be made only with the key. */
  sign(text: string): string {
    return digest(this.#signing, text);
  }
}

function digest(secret: Buffer, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

/** Derives a separate key for each use (RFC 5869). */
function derived(key: Buffer, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `nestjs-oauth2-client/${use}`, KEY));
}

function bytesOf(key: EncryptionKey, option: string): Buffer {
  const bytes = typeof key === 'string' ? decoded(key.trim()) : Buffer.from(key ?? []);
  const isRandom = new Set(bytes).size > KEY / 4; // not zeros or a padded password
  if (bytes.length === KEY && isRandom) return bytes;
  const problem =
    !key || key.length === 0
      ? 'is empty'
      : bytes.length === KEY
        ? 'is not random'
        : `is not a key of ${KEY} bytes`;
  throw new TypeError(
    `\`${option}\` ${problem}. It must be ${KEY} random bytes, in base64 or hexadecimal digits if it is a string. Make one with: openssl rand -base64 ${KEY}`,
  );
}

function decoded(text: string): Buffer {
  if (/^[\da-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[\w+/-]{43}=?$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
}
