import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { Fleet } from '../support/member.js';

describe('a process that is stopped for longer than its lock lives', () => {
  let fleet: Fleet;

  beforeEach(async () => void (fleet = await Fleet.start()));
  afterEach(() => fleet.end());

  it.each(['lookup', 'connect'])(
    'a process that is suspended at its %s for longer than its lock lives does not send a used refresh token',
    async (point) => {
      const [one, other] = [await fleet.join(), await fleet.join()];
      await Promise.all([one.ask('token'), other.ask('token')]);
      await one.ask('stopAt', point);
      const renewal = one.codeOf('replace');
      await one.reaches(point);
      await one.isStopped();
      const deadline = Date.now() + 15_000;
      let renewed: string | undefined;
      while (renewed === undefined && Date.now() < deadline) {
        renewed = await other.ask('replace').catch(() => undefined);
      }
      one.wake();
      expect(await renewal).toBe('TOKEN_REQUEST_TIMEOUT');
      expect(await one.tokenWithin(5_000)).toBe(renewed);
      expect(fleet.seen).toEqual({ logins: 1, rotations: 1, reuses: 0 });
    },
    60_000,
  );
});
