import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { Redis } from 'ioredis';
import { RedisTokenStore } from 'nestjs-oauth2-client/redis';

/** Connects to the Redis of `REDIS_URL`; without it there is none, and an instance has its tokens alone. */
@Module({
  providers: [
    {
      provide: Redis,
      inject: [ConfigService],
      useFactory: async (config: ConfigService) => {
        const url = config.get<string>('REDIS_URL');
        if (!url) return null;
        const limits = { connectTimeout: 2_000, socketTimeout: 2_000 };
        const client = new Redis(url, { lazyConnect: true, enableOfflineQueue: false, ...limits });
        client.on('error', () => {}); // the log says that the store does not answer
        await client.connect().catch(() => {}); // before the first call; later it connects by itself
        return client;
      },
    },
    {
      provide: RedisTokenStore,
      inject: [Redis, ConfigService],
      useFactory: (client: Redis | null, config: ConfigService) =>
        client && new RedisTokenStore({ client, encryptionKeys: [config.getOrThrow('STORE_KEY')] }),
    },
  ],
  exports: [RedisTokenStore],
})
export class StoreModule implements OnApplicationShutdown {
  constructor(@Inject(Redis) private readonly client: Redis | null) {}

  onApplicationShutdown(): void {
    this.client?.disconnect();
  }
}
