/** A token that is a JWT, as far as a client looks into it. */
export function jwtToken(number: number, expiresAt: number): string {
  const exp = Math.floor(expiresAt / 1_000);
  const parts = [
    { alg: 'HS256', typ: 'JWT' },
    { exp, jti: `jti-${number}` },
  ];
  const content = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return [...content, `c2lnbmF0dXJl${number}`].join('.');
}
