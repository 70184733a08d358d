import type { RedisClient } from '../../lib/stores/redis.js';

export interface ConnectingClient {
  readonly client: RedisClient;
  /** Resolves when the client is connected. */
  readonly ready: Promise<void>;
  readonly end: () => void;
}

export declare const redisClients: Readonly<
  Record<'ioredis' | 'redis', (url: string) => ConnectingClient>
>;
