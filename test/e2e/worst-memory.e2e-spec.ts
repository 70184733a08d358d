import { randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { describe, expect, it } from '@jest/globals';

import {
  EndpointBench,
  scriptedTransport,
  type EndpointOptions,
} from '../support/endpoint-bench.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const VENDOR = { url: 'https://vendor.example' };
const ACCOUNTS = 50;
const MOST = 65_536;

/** Bytes in use, on the heap and beside it. */
async function bytesInUse(): Promise<number> {
  for (let i = 0; i < 2; i++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

interface Response {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** `@` stands for what differs between accounts: names that are the same are kept once. */
  readonly body: string;
}

const letters = (length: number) => randomBytes(length / 2).toString('hex');
const json = (members: object) => JSON.stringify({ access_token: 'token@', ...members });
const list = <T>(length: number, item: (i: number) => T) =>
  Array.from({ length }, (_, i) => item(i));
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Responses of which as much as possible could be kept. */
const RESPONSES: Readonly<Record<string, Response>> = {
  'a long member': { body: json({ x: letters(1_000_000) }) },
  'a member that just fits': { body: json({ x: letters(60_000) }) },
  'characters of two bytes': { body: json({ x: 'ж'.repeat(30_000), y: 'ж'.repeat(30_000) }) },
  'many names': { body: json(Object.fromEntries(list(6_000, (i) => [`n@_${i}`, i]))) },
  'many short texts': { body: json({ x: list(9_000, (i) => `text@_${i}`) }) },
  'many members of a few bytes': {
    body: json(Object.fromEntries(list(6_000, (i) => [`@_${i}`, `@x${i}`]))),
  },
  'many empty objects': { body: json(Object.fromEntries(list(6_000, (i) => [`@_${i}`, {}]))) },
  'many objects in a list': {
    body: json({ x: list(200, () => ({})), y: list(5_000, () => ({})) }),
  },
  'many lists': { body: json({ x: list(220, () => [1.5]), y: list(220, () => [1.5, 'a']) }) },
  'lists in lists': {
    body: `{"access_token":"token@","x":${'['.repeat(30)}${']'.repeat(30)}}`,
  },
  'the longest tokens': {
    body: JSON.stringify({
      access_token: `${letters(32_700)}@`,
      refresh_token: `${letters(16_300)}@`,
      scope: `${letters(8_100)}@`,
      x: letters(60_000),
    }),
  },
  'nothing but a token and blanks': { body: `token@${' '.repeat(1_000_000)}` },
  'a token in a long cookie': {
    headers: { 'set-cookie': `session=token@; path=${letters(500_000)}` },
    body: '{}',
  },
  'a token in a long form': {
    headers: FORM,
    body: `access_token=token@&scope=scope@&x=${letters(900_000)}`,
  },
  'a long page': { status: 500, body: `<p>${letters(900_000)}` },
  'a long error': {
    status: 400,
    body: JSON.stringify({ error: letters(400_000), error_description: letters(400_000) }),
  },
  'a long error in a form': {
    status: 400,
    headers: FORM,
    body: `error=${letters(400_000)}&error_description=${letters(400_000)}`,
  },
  'no token in a long body': { body: JSON.stringify({ x: letters(900_000) }) },
};

const OPTIONS: EndpointOptions = {
  grantType: 'custom',
  clientAuthentication: 'none',
  refresh: {},
  response: {
    accessToken: ['access_token', { cookie: 'session' }, { body: true }],
    capture: { piece: (answer) => ({ of: answer.text.slice(0, 40) }) },
  },
};

describe('an account keeps no more than 64 KiB of a response', () => {
  it.each(Object.entries(RESPONSES))(
    'an account keeps no more than 64 KiB of a response with %s',
    async (_what, response) => {
      const { status, headers, body } = { status: 200, headers: {}, ...response };
      let count = 1_000;
      const answer = () => ({ status, headers: numbered(headers), body: filled(body) });
      const filled = (text: string) => Buffer.from(text.replaceAll('@', String(count))).toString();
      const numbered = (members: Readonly<Record<string, string>>) =>
        Object.fromEntries(Object.entries(members).map(([name, text]) => [name, filled(text)]));
      const scripted = scriptedTransport(answer);
      const { provider, events } = new EndpointBench(VENDOR, OPTIONS, {
        transport: (...request) => scripted(...request),
      });
      const ask = async () => {
        await provider.getToken({ subject: `subject ${++count}` }).catch(() => {});
        scripted.requests.length = 0;
        events.length = 0;
      };
      await ask(); // compiles what it needs
      const before = await bytesInUse();
      for (let i = 0; i < ACCOUNTS; i++) await ask();
      expect(((await bytesInUse()) - before) / ACCOUNTS).toBeLessThan(MOST);
      expect(provider.status()).toBeDefined(); // it is still in use, with all its accounts
    },
  );
});
