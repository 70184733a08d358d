import { Redis } from 'ioredis';
import { createClient } from 'redis';

/** One client of each of the two packages, with the options of docs/shared-store.md. */
export const redisClients = {
  ioredis(url) {
    const client = new Redis(url, {
      enableOfflineQueue: false,
      connectTimeout: 2_000,
      socketTimeout: 2_000,
    });
    client.on('error', () => {});
    const ready = new Promise((resolve) => client.once('ready', () => resolve()));
    return { client, ready, end: () => client.disconnect() };
  },
  redis(url) {
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
    return { client, ready: client.connect().then(() => {}), end: () => client.destroy() };
  },
};
