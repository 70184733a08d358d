import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

/** What a TLS server needs to show who it is. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** DER: a tag, the length, the content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 128
      ? [length]
      : length < 256
        ? [0x81, length]
        : [0x82, Math.floor(length / 256), length % 256];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const oid = (...bytes: number[]) => der(0x06, Buffer.from(bytes));

/** Kinds of keys, and how a certificate says that it is signed by one. */
const KINDS = {
  'P-256': {
    make: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    signature: sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)),
  },
  rsa: {
    make: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    signature: sequence(oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b), der(5)),
  },
};

/** X.520 common name. */
function named(name: string): Buffer {
  return sequence(der(0x31, sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(name)))));
}

function time(date: Date): Buffer {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(text));
}

/**
 * A self-signed certificate for an IPv4 address, made anew, so that no key lies in the repository.
 * It is its own authority for those who trust it.
 */
export function selfSigned(
  address: string,
  notAfter: Date,
  kind: keyof typeof KINDS = 'P-256',
): Certificate {
  const { make, signature: algorithm } = KINDS[kind];
  const { privateKey, publicKey } = make();
  const ip = der(0x87, Buffer.from(address.split('.').map(Number)));
  const subjectAltName = sequence(oid(0x55, 0x1d, 0x11), der(0x04, sequence(ip)));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    named('test'),
    sequence(time(new Date('2020-01-01')), time(notAfter)),
    named('test'),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(subjectAltName)),
  );
  const signature = createSign('SHA256').update(body).sign(privateKey);
  const bytes = sequence(body, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = bytes.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}
