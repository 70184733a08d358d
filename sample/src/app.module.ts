import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { APP_FILTER } from '@nestjs/core';
import { OAuth2ClientModule, OAuth2ExceptionFilter } from 'nestjs-oauth2-client';
import { OAuth2BoardModule } from 'nestjs-oauth2-client/board';
import { RedisTokenStore } from 'nestjs-oauth2-client/redis';

import { ApiErrorFilter } from './api-error.filter.js';
import { ConsoleModule } from './console/console.module.js';
import { EmployeesModule } from './employees/employees.module.js';
import { HealthModule } from './health.module.js';
import { tartanProvider, zeepayProvider } from './oauth2.config.js';
import { MetricsModule } from './metrics.module.js';
import { PayoutsModule } from './payouts/payouts.module.js';
import { StoreModule } from './store.module.js';
import { TartanServer } from './vendors/tartan-server.js';
import { VendorsModule } from './vendors/vendors.module.js';
import { ZeepayServer } from './vendors/zeepay-server.js';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, ignoreEnvFile: true }),
    OAuth2ClientModule.forRootAsync({
      isGlobal: true,
      names: ['zeepay', 'tartan'] as const,
      imports: [VendorsModule, StoreModule],
      inject: [ConfigService, ZeepayServer, TartanServer, RedisTokenStore],
      useFactory: (
        config: ConfigService,
        zeepayServer: ZeepayServer | null,
        tartanServer: TartanServer | null,
        store: RedisTokenStore | null,
      ) => ({
        store: store ?? undefined,
        providers: [zeepayProvider(config, zeepayServer), tartanProvider(config, tartanServer)],
      }),
    }),
    PayoutsModule,
    EmployeesModule,
    OAuth2BoardModule.register({ allowActions: true }),
    HealthModule,
    MetricsModule,
    ConsoleModule,
  ],
  providers: [
    { provide: APP_FILTER, useClass: OAuth2ExceptionFilter },
    { provide: APP_FILTER, useClass: ApiErrorFilter },
  ],
})
export class AppModule {}
