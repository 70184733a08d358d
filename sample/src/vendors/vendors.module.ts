import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';

import { TartanServer } from './tartan-server.js';
import { ZeepayServer } from './zeepay-server.js';

/** Starts an embedded server for each vendor whose credentials are not configured, else `null`. */
@Module({
  providers: [
    {
      provide: ZeepayServer,
      inject: [ConfigService],
      useFactory: (config: ConfigService) =>
        config.get('ZEEPAY_CLIENT_ID') ? null : new ZeepayServer().listen(),
    },
    {
      provide: TartanServer,
      inject: [ConfigService],
      useFactory: (config: ConfigService) =>
        config.get('TARTAN_USERNAME') ? null : new TartanServer().listen(),
    },
  ],
  exports: [ZeepayServer, TartanServer],
})
export class VendorsModule implements OnApplicationShutdown {
  constructor(
    @Inject(ZeepayServer) private readonly zeepay: ZeepayServer | null,
    @Inject(TartanServer) private readonly tartan: TartanServer | null,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.zeepay?.close(), this.tartan?.close()]);
  }
}
