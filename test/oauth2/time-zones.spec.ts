import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { CompiledLib } from '../support/compiled-lib.js';
import { FakeVendor } from '../support/fake-vendor.js';

const run = promisify(execFile);

/** Zones far apart; in New York an hour does not exist on 8 March 2026 and one comes twice in November. */
const ZONES = ['UTC', 'America/New_York', 'Asia/Kolkata', 'Pacific/Kiritimati'];

/** What `expires_in` holds, what the answer says, and when that is. */
const LIVES: [lifetimeFormat: string, value: unknown, end: number][] = [
  ['seconds', 7_200, Date.UTC(2026, 2, 8, 8, 30)],
  ['date', '2026-03-08T09:30:00Z', Date.UTC(2026, 2, 8, 9, 30)],
  ['date', '2026-03-08T04:30:00-05:00', Date.UTC(2026, 2, 8, 9, 30)],
  ['date', 'Sun, 08 Mar 2026 09:30:00 GMT', Date.UTC(2026, 2, 8, 9, 30)],
  // The asctime form of RFC 9110 §5.6.7, obsolete and yet to be read, as UTC.
  ['date', 'Sun Mar  8 09:30:00 2026', Date.UTC(2026, 2, 8, 9, 30)],
  // A date without a zone says nothing of where the machine stands that reads it.
  ['date', '2026-03-08T09:30:00', Date.UTC(2026, 2, 8, 9, 30)],
];

/** A process of its own, for a time zone is a matter of the process. Prints when its tokens end. */
const CHILD = `
  const [libUrl, vendorUrl, ...formats] = process.argv.slice(1);
  const { Test } = await import('@nestjs/testing');
  const { OAuth2ClientModule, getTokenProviderToken, OAUTH2_RUNTIME, defineProvider } =
    await import(libUrl);
  const clock = { now: () => Date.UTC(2026, 2, 8, 6, 30), monotonic: () => 0, after: () => () => {} };
  const providers = formats.map((lifetimeFormat, i) => defineProvider({
    name: 'p' + i, tokenEndpoint: vendorUrl + '/' + i + '/token', baseURL: vendorUrl + '/' + i,
    clientId: 'id', clientSecret: 'a secret', lifetimeFormat }));
  const module = await Test.createTestingModule({
    imports: [OAuth2ClientModule.forRoot({ providers })],
  }).overrideProvider(OAUTH2_RUNTIME).useValue({ clock, random: () => 0 }).compile();
  for (const { name } of providers) {
    const tokens = await module.get(getTokenProviderToken(name), { strict: false }).getToken();
    console.log(tokens.expiresAt);
  }
  process.exit();
`;

describe('the end of a token', () => {
  const ends: number[][] = [];

  beforeAll(async () => {
    const library = new CompiledLib();
    const vendor = await FakeVendor.start();
    vendor.onToken = ({ path }) =>
      vendor.grant({ expires_in: LIVES[Number(path.split('/')[1])]?.[1] });
    const formats = LIVES.map(([format]) => format);
    const args = ['--input-type=module', '-e', CHILD, library.url, vendor.url, ...formats];
    const outputs = await Promise.all(
      ZONES.map((TZ) => run(process.execPath, args, { env: { ...process.env, TZ } })),
    );
    for (const { stdout } of outputs) ends.push(stdout.trim().split('\n').map(Number));
    library.remove();
    await vendor.close();
  }, 240_000); // a loaded machine takes long to start the processes

  it.each(LIVES)(
    'a lifetime as %s, %j, ends at the same time in every time zone',
    (format, value, end) => {
      const index = LIVES.findIndex((life) => life[0] === format && life[1] === value);
      expect(ends.map((ofZone) => ofZone[index])).toEqual(ZONES.map(() => end));
    },
  );
});
