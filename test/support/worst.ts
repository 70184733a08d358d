import { randomBytes } from 'node:crypto';

export const MEGABYTE = 1_048_576;

const times = (text: string, length = MEGABYTE) => text.repeat(Math.floor(length / text.length));

/** Texts of a megabyte, each of them the worst for some way to read it. */
export const TEXTS: Readonly<Record<string, string>> = {
  'escaped percent signs': times('%25'),
  'percent signs escaped again and again': `%${times('25')}`,
  slashes: `${times('/')}x`,
  backslashes: times('\\'),
  'dots and slashes': times('../'),
  blanks: `${times(' ')}x`,
  digits: times('9'),
  'beginnings of a URL': times('http://'),
  entities: `&${times('amp;')}`,
  'escapes of escapes': `\\${times('u00255C')}`,
  base64: randomBytes(MEGABYTE * 0.75).toString('base64'),
  hex: randomBytes(MEGABYTE / 2).toString('hex'),
  'numbers with commas': times('1,'),
  semicolons: times('a=b;'),
  ampersands: times('a&'),
  'names and blanks': times('a b c d '),
  'URLs with queries': times('http://a?b '),
  'characters of four bytes': times('😀'),
  'one letter': times('a'),
  'line breaks': times('\r\n'),
};

const HALF = MEGABYTE / 2;

/** Bodies of a megabyte. */
export const BODIES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(TEXTS).map(([name, text]) => [
      `a token and an error of ${name}`,
      JSON.stringify({ error: text.slice(0, HALF), access_token: text.slice(0, HALF) }),
    ]),
  ),
  'lists in lists': times('[', HALF) + times(']', HALF),
  'lists that do not end': times('['),
  'objects in objects': `${times('{"a":')}1`,
  'lists in a member': `{"access_token":"t","x":${times('[', HALF)}${times(']', HALF)}}`,
  'a million objects': `{"access_token":"t","x":[${times('{},')}{}]}`,
  'a million numbers': `[${times('1,')}1]`,
  'many names': `{"access_token":"t"${Array.from({ length: 90_000 }, (_, i) => `,"k${i}":1`).join('')}}`,
  'as many values as are read': `{"access_token":"t","x":[${'{},'.repeat(19_900)}{}],"y":"${times('y', HALF)}"}`,
  'a long refresh token': JSON.stringify({ access_token: 't', refresh_token: times('r') }),
  'a long scope': JSON.stringify({ access_token: 't', scope: times('a ') }),
  'a lifetime of a million digits': `{"access_token":"t","expires_in":"${times('9')}"}`,
  'a number of a million digits': `{"access_token":"t","expires_in":${times('9')}}`,
  'a long member': JSON.stringify({ access_token: 't', profile: times('x', MEGABYTE - 100) }),
};
