import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { Redis } from 'ioredis';

import { RedisServer } from './redis-server.js';

const SLOTS = 16_384;

/** Of the masters that a sentinel watches. */
export const MASTER_NAME = 'main';

/** Several servers that belong together, and a client of each for what the test does itself. */
class Topology {
  protected readonly servers: RedisServer[] = [];
  readonly #clients: Redis[] = [];

  protected async add(start: (port: number) => Promise<RedisServer>): Promise<Redis> {
    const server = await atFreePort(start);
    this.servers.push(server);
    // What is left of the client of a server that the test has killed must not keep the process.
    const client = new Redis(server.url, { retryStrategy: () => 100, disconnectTimeout: 100 });
    client.on('error', () => {}); // the test stops servers
    this.#clients.push(client);
    return client;
  }

  protected startNode(...options: string[]): Promise<Redis> {
    return this.add((port) => RedisServer.alone(port, ...options));
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}

/** Three masters, without replicas, that share the slots evenly. */
export class RedisCluster extends Topology {
  readonly nodes: Redis[] = [];

  static async start(): Promise<RedisCluster> {
    const cluster = new RedisCluster();
    return orStopped(cluster, async () => {
      for (let i = 0; i < 3; i++) {
        cluster.nodes.push(
          await cluster.startNode('--cluster-enabled', 'yes', '--cluster-announce-ip', LOOPBACK),
        );
      }
      await cluster.#join();
    });
  }

  get addresses(): { readonly host: string; readonly port: number }[] {
    return this.servers.map(({ port }) => ({ host: LOOPBACK, port }));
  }

  async #join(): Promise<void> {
    const { nodes, addresses } = this;
    const each = SLOTS / nodes.length;
    for (const [i, node] of nodes.entries()) {
      await node.cluster('SET-CONFIG-EPOCH', i + 1);
      const slots = Array.from({ length: SLOTS }, (_, slot) => slot);
      await node.cluster('ADDSLOTS', ...slots.filter((slot) => Math.floor(slot / each) === i));
    }
    for (const { host, port } of addresses.slice(1)) await nodes[0]!.cluster('MEET', host, port);
    await until(async () => {
      const told = await Promise.all(nodes.map((node) => node.cluster('INFO')));
      const ranges = await Promise.all(nodes.map((node) => node.cluster('SLOTS')));
      return (
        told.every((info) => info.includes('cluster_state:ok')) &&
        ranges.every((known) => known.length === nodes.length)
      );
    });
  }

  /** Gives a slot and all that is in it to another node, as `redis-cli --cluster reshard` does. */
  async move(slot: number, from: Redis, to: Redis): Promise<void> {
    const [source, target] = [await from.cluster('MYID'), await to.cluster('MYID')] as string[];
    await to.cluster('SETSLOT', slot, 'IMPORTING', source!);
    await from.cluster('SETSLOT', slot, 'MIGRATING', target!);
    const keys = await from.cluster('GETKEYSINSLOT', slot, 1_000);
    const { host, port } = to.options;
    if (keys.length > 0) await from.migrate(host!, port!, '', 0, 5_000, 'KEYS', ...keys);
    for (const node of [to, from]) await node.cluster('SETSLOT', slot, 'NODE', target!);
  }
}

/** A master, its replica, and a sentinel that is enough to put the one in place of the other. */
export class RedisSentinel extends Topology {
  #sentinel!: Redis;

  static async start(): Promise<RedisSentinel> {
    const topology = new RedisSentinel();
    return orStopped(topology, async () => {
      const master = await topology.startNode('--repl-diskless-sync-delay', '0');
      const { port } = master.options;
      const replica = await topology.startNode('--replicaof', `${LOOPBACK} ${port}`);
      await until(async () => (await replica.info()).includes('master_link_status:up'));
      const settings = [
        `monitor ${MASTER_NAME} ${LOOPBACK} ${port} 1`,
        `down-after-milliseconds ${MASTER_NAME} 2000`,
        `failover-timeout ${MASTER_NAME} 5000`,
      ].map((setting) => `sentinel ${setting}`);
      topology.#sentinel = await topology.add((port) =>
        RedisServer.sentinel(settings.join('\n'), port),
      );
      await until(async () => {
        const known = await topology.#ask<string[][]>('REPLICAS');
        return known.some((fields) => fields.includes('slave') && fields.includes('ok'));
      });
    });
  }

  get addresses(): { readonly host: string; readonly port: number }[] {
    return [{ host: LOOPBACK, port: this.#sentinel.options.port! }];
  }

  /** Kills the master, once the replica has all that it has. */
  async killMaster(): Promise<void> {
    const [, port] = await this.#ask<string[]>('GET-MASTER-ADDR-BY-NAME');
    const master = this.servers.find((server) => server.port === Number(port))!;
    const client = new Redis(master.url);
    await until(async () => (await client.wait(1, 1_000)) === 1);
    client.disconnect();
    await master.stop();
  }

  #ask<T>(what: string): Promise<T> {
    return this.#sentinel.call('SENTINEL', what, MASTER_NAME) as Promise<T>;
  }
}

/** Asks again and again: a busy machine takes its time, so the limit is far beyond what is needed. */
export async function until(check: () => Promise<boolean>, limit = 40_000): Promise<void> {
  for (const end = Date.now() + limit; !(await check());) {
    if (Date.now() > end) throw new Error(`it did not come to that: ${String(check)}`);
    await pause(50);
  }
}

const LOOPBACK = '127.0.0.1';

async function orStopped<T extends Topology>(topology: T, start: () => Promise<void>): Promise<T> {
  try {
    await start();
    return topology;
  } catch (error) {
    await topology.stop();
    throw error;
  }
}

/** Between the look at a port and its use, somebody else may take it. */
async function atFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await portOfNode());
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

/** Nodes of a cluster take the port 10,000 above theirs, too; both below those that systems give to connections. */
async function portOfNode(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 22_000);
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
