import { describe, expect, it } from '@jest/globals';

import { rejection } from '../support/collect.js';
import { CLIENT_SECRET } from '../support/acme.js';
import { hang } from '../support/fake-vendor.js';
import { refusedAtStart, underInvariants, type Trial } from '../support/invariants.js';
import { OAuth2ClientError } from '../../lib/index.js';

/** How a fault that breaks an invariant is told of. */
async function complaint(fault: (trial: Trial) => Promise<readonly unknown[]>): Promise<string> {
  return String(await rejection(underInvariants({ tokenRequests: 2 }, fault)));
}

/** An error of ours but for what a test changes. */
const ours = (changes: object = {}) =>
  new OAuth2ClientError({
    code: 'TOKEN_REQUEST_REJECTED',
    provider: 'acme',
    stage: 'token request',
    reason: 'Because.',
    hint: 'Look.',
    retryable: false,
    ...changes,
  });

describe('what is checked around every fault', () => {
  it('the check of the invariants passes where nothing is wrong', async () => {
    await underInvariants({ tokenRequests: 1 }, async ({ call }) => [await call(), ours()]);
  });

  it.each<[string, Error]>([
    ['is of no class of ours', new TypeError('x')],
    ['names another provider', ours({ provider: 'bystander' })],
    ['names no stage', ours({ stage: 'somewhere' })],
    ['gives no reason', ours({ reason: '' })],
    ['quotes a secret', ours({ reason: `x ${CLIENT_SECRET.slice(3, 12)}` })],
    ['has a secret in its cause', ours({ cause: new Error(CLIENT_SECRET) })],
    ['has a secret where only showHidden looks', hidden(ours())],
  ])('the check of the invariants notices an error that %s', async (_what, error) => {
    expect(await complaint(async () => [error])).not.toBe('');
  });

  it('the check of the invariants notices a secret in the log, and one on the console', async () => {
    expect(
      await complaint(async ({ app }) => {
        app.log.warn(`secret ${CLIENT_SECRET}`);
        return ['fine'];
      }),
    ).toContain('a secret is printed');
    expect(
      await complaint(async () => {
        console.log('anything at all');
        return ['fine'];
      }),
    ).toContain('anything at all');
  });

  it('the check of the invariants notices a superfluous token request', async () => {
    const error = await complaint(async ({ app, vendor }) => {
      for (let i = 0; i < 3; i++) {
        await app.tokens('acme').getToken();
        app.tokens('acme').invalidate();
      }
      return [vendor];
    });
    expect(error).toContain('Received:    3');
  });

  it('the check of the invariants notices a timer that is left, and a socket that is in use', async () => {
    expect(
      await complaint(async ({ clock }) => {
        clock.after(60_000, () => {});
        return ['fine'];
      }),
    ).toContain('"timers": 1');
    expect(
      await complaint(async ({ vendor, call }) => {
        vendor.onApi = () => hang;
        call().catch(() => {});
        await new Promise((arrived) => {
          vendor.onApi = () => {
            arrived(undefined);
            return hang;
          };
        });
        return ['fine'];
      }),
    ).toContain('"sockets": 1');
  });

  it('the check of the invariants notices a token request of the other provider', async () => {
    expect(
      await complaint(async ({ app }) => {
        app.tokens('bystander').invalidate();
        return ['fine'];
      }),
    ).toContain('Received length: 2');
  });

  it('the check of the invariants notices a provider that does not recover', async () => {
    expect(
      await complaint(async ({ app, vendor }) => {
        await vendor.close();
        return [await rejection(app.tokens('acme').getToken())];
      }),
    ).not.toBe('');
  });

  it('the check of the invariants notices a fault that nothing reports', async () => {
    expect(await complaint(async () => [])).toContain('not');
  });

  it('the check of the invariants notices a wrong definition that is accepted', async () => {
    expect(String(await rejection(refusedAtStart({})))).toContain('expected a rejection');
  });
});

function hidden(error: Error): Error {
  return Object.defineProperty(error, 'request', { value: CLIENT_SECRET, enumerable: false });
}
