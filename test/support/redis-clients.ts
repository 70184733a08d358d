import { Redis } from 'ioredis';
import { createClient } from 'redis';

import type { RedisClient } from '../../lib/stores/redis.js';

/** A client of one of the two packages, connected. */
export interface Connected {
  readonly client: RedisClient;
  readonly end: () => void;
}

/** Both, with the options of the README. */
export const clients: Readonly<Record<'ioredis' | 'redis', (url: string) => Promise<Connected>>> = {
  async ioredis(url) {
    const client = new Redis(url, {
      enableOfflineQueue: false,
      connectTimeout: 2_000,
      socketTimeout: 2_000,
    });
    client.on('error', () => {});
    await new Promise((resolve) => client.once('ready', resolve));
    return { client, end: () => client.disconnect() };
  },
  async redis(url) {
    const client = createClient({
      url,
      disableOfflineQueue: true,
      pingInterval: 500,
      socket: {
        connectTimeout: 2_000,
        socketTimeout: 2_000,
        reconnectStrategy: (retries) => Math.min(retries * 50, 1_000),
      },
    });
    client.on('error', () => {});
    await client.connect();
    return { client, end: () => client.destroy() };
  },
};
