import { randomBytes, randomUUID } from 'node:crypto';

import { CompiledLib } from './compiled-lib.js';
import { FakeVendor } from './fake-vendor.js';
import { Gate } from './gate.js';
import { Instance, type InstanceOptions } from './instance.js';
import { RedisServer } from './redis-server.js';

/** Where an instance is stopped while it renews: at a mark of its script, or while the vendor has its request. */
export const MARKS = ['before lock', 'after lock', 'asked', 'before set', 'after set'] as const;

export type Mark = (typeof MARKS)[number];

/** What fleets of one spec file share: the compiled library and a Redis server. It ends them with itself. */
export class FleetBench {
  readonly #fleets: Fleet[] = [];

  private constructor(
    readonly library: CompiledLib,
    readonly redis: RedisServer,
  ) {}

  static async start(): Promise<FleetBench> {
    return new FleetBench(new CompiledLib(), await RedisServer.start());
  }

  /** @param deadline of a renewal, in milliseconds */
  async fleet(deadline: number): Promise<Fleet> {
    const fleet = new Fleet(await FakeVendor.start(), this, deadline);
    this.#fleets.push(fleet);
    return fleet;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#fleets.map((fleet) => fleet.close()));
    this.library.remove();
    await this.redis.stop();
  }
}

/**
 * Instances of an app that share their tokens in Redis, and their vendor. Each refresh token is good for one
 * use; the vendor ends the family of one that is sent again.
 */
export class Fleet {
  readonly seen = { rotations: 0, reuses: 0, logins: 0 };
  readonly instances: Instance[] = [];
  readonly #options: InstanceOptions;
  #current = '';

  constructor(
    readonly vendor: FakeVendor,
    { library, redis }: FleetBench,
    deadline: number,
  ) {
    vendor.onToken = ({ form }) => this.#answer(form);
    this.#options = {
      library: library.url,
      vendor: vendor.url,
      redis: redis.url,
      prefix: randomUUID(),
      key: randomBytes(32).toString('base64'),
      deadline,
    };
  }

  /** @param mark see {@link Instance.start} */
  async add(...mark: string[]): Promise<Instance> {
    const instance = await Instance.start(this.#options, ...mark);
    this.instances.push(instance);
    return instance;
  }

  /** The vendor keeps its next answer to itself until the gate is opened. */
  holdsNextAnswer(): Gate {
    const gate = new Gate();
    const answering = this.vendor.onToken;
    this.vendor.onToken = async (...request) => {
      this.vendor.onToken = answering;
      const answer = await answering(...request);
      await gate.pass();
      return answer;
    };
    return gate;
  }

  async close(): Promise<void> {
    await Promise.all([...this.instances.map((one) => one.end()), this.vendor.close()]);
  }

  #answer(form: Readonly<Record<string, string>>) {
    if (form['grant_type'] !== 'refresh_token') this.seen.logins++;
    else if (form['refresh_token'] === this.#current) this.seen.rotations++;
    else {
      this.seen.reuses++;
      this.#current = '';
      return { status: 400, body: { error: 'invalid_grant' } };
    }
    this.#current = randomUUID();
    return this.vendor.grant({ refresh_token: this.#current });
  }
}

/** A fleet of two: one instance serves, and the other one goes no further than a mark while it renews. */
export class HaltedFleet {
  /** The renewal that goes no further, as long as nobody wakes its instance. */
  renewal!: Promise<unknown>;
  /** Opens the answer of the vendor, where the mark is `asked`. */
  gate: Gate | undefined;

  private constructor(
    readonly fleet: Fleet,
    readonly mark: Mark,
    readonly one: Instance,
    readonly other: Instance,
  ) {}

  /** Starts both; nothing is asked yet. */
  static async start(bench: FleetBench, mark: Mark, ...freezes: string[]): Promise<HaltedFleet> {
    const fleet = await bench.fleet(3_000);
    return new HaltedFleet(fleet, mark, await fleet.add(mark, ...freezes), await fleet.add());
  }

  /** Resolves when the one has reached its mark. */
  async halt(): Promise<void> {
    const { fleet, mark, one, other } = this;
    await other.ask('herd', 1);
    await one.ask('herd', 1); // its first token is that of the other
    this.gate = mark === 'asked' ? fleet.holdsNextAnswer() : undefined;
    this.renewal = one.ask<string>('replace').catch(() => undefined);
    await (this.gate ? this.gate.arrived() : one.reaches(mark));
  }

  /** Refresh tokens that were sent again, and logins after the first one. */
  get lost(): [reuses: number, logins: number] {
    return [this.fleet.seen.reuses, this.fleet.seen.logins - 1];
  }
}

/**
 * How often the old refresh token is sent again where its holder stops at a mark and the vendor has no grace
 * period: once if the successor was not yet in the store.
 */
export function expectedLoss(mark: Mark): [reuses: number, logins: number] {
  return mark === 'asked' || mark === 'before set' ? [1, 1] : [0, 0];
}

/** The next token of an instance, however often it must ask. */
export async function renewed(instance: Instance): Promise<string | undefined> {
  for (const end = Date.now() + 20_000; Date.now() < end;) {
    const token = await instance.ask<string>('renew').catch(() => undefined);
    if (token !== undefined) return token;
  }
  return undefined;
}
