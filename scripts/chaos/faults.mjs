// Carries a schedule out: what begins with each kind of fault, and what ends it.

/**
 * What a fault does to the world; each function may return what ends it.
 *
 * @param world `{ fleet, redis, vendor, operator }`
 */
const FAULTS = {
  kill({ fleet }, { instance }) {
    fleet.kill(instance);
    return () => fleet.start(instance);
  },
  'freeze briefly': freeze,
  'freeze past the lock': freeze,
  async 'redis killed'({ redis }) {
    await redis.kill();
    return () => redis.start();
  },
  'redis frozen'({ redis }) {
    redis.signal('SIGSTOP');
    return () => redis.signal('SIGCONT');
  },
  async 'redis paused'({ redis }, { at, until }) {
    await redis.send('CLIENT', 'PAUSE', `${until - at}`, 'ALL');
  },
  async 'redis full'({ redis }) {
    await redis.send('CONFIG', 'SET', 'maxmemory', '1');
    return () => redis.send('CONFIG', 'SET', 'maxmemory', '0');
  },
  'redis cut': disturb('redis', { how: 'cut' }),
  'redis slow': disturb('redis', { how: 'slow' }),
  'redis silent': disturb('redis', { how: 'silent' }),
  'redis answer lost': disturb('redis', { how: 'answer lost' }),
  'vendor cut': disturb('vendor', { how: 'cut' }),
  'vendor slow': disturb('vendor', { how: 'slow' }),
  'vendor silent': disturb('vendor', { how: 'silent', mends: true }),
  'vendor answer lost': disturb('vendor', { how: 'answer lost' }),
  outage({ vendor }, { how }) {
    vendor.outage = how;
    return () => (vendor.outage = undefined);
  },
  'access tokens revoked'({ vendor }, { share }) {
    vendor.revokeAccess(share);
  },
  'refresh token configured'({ operator }, { family }) {
    operator.configure(family);
  },
};

function freeze({ fleet }, { instance }) {
  fleet.signal(instance, 'SIGSTOP');
  return () => fleet.signal(instance, 'SIGCONT');
}

function disturb(server, state) {
  return ({ fleet }, { instance, delay }) => {
    const link = fleet.linkOf(instance, server);
    link.disturb({ ...state, delay });
    return () => link.restore();
  };
}

/** Begins a fault and ends it at its time; both go into the history. */
export async function carryOut(fault, n, world, write) {
  const { kind, instance, at, until, ...details } = fault;
  const name = instance === undefined ? undefined : world.fleet.nameOf(instance);
  const target = kind.includes(' ') && !kind.startsWith('freeze') ? name?.split('#')[0] : name;
  const begun = performance.now();
  write({ by: 'conductor', e: 'fault', n, kind, target, ms: until - at, ...details });
  const end = await FAULTS[kind](world, fault);
  const left = until - at - (performance.now() - begun);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, left)));
  await end?.();
  write({ by: 'conductor', e: 'over', n, kind, target });
}
