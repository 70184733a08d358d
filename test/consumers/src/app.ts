import { HttpService } from '@nestjs/axios';
import { type DynamicModule, Injectable, Module } from '@nestjs/common';
import {
  InjectHttpService,
  InjectTokenProvider,
  OAuth2ClientModule,
  TokenProvider,
  zeepay,
} from 'nestjs-oauth2-client';
import { OAuth2OpenTelemetryModule } from 'nestjs-oauth2-client/opentelemetry';
import { firstValueFrom } from 'rxjs';

export interface Settings {
  server: string;
  clientId: string;
  clientSecret: string;
  username: string;
  password: string;
}

export interface Payout {
  id: number;
  amount: string;
}

@Injectable()
export class PayoutService {
  constructor(
    @InjectHttpService('zeepay') private readonly http: HttpService,
    @InjectTokenProvider('zeepay') private readonly tokens: TokenProvider,
  ) {}

  async list(): Promise<Payout[]> {
    return (await firstValueFrom(this.http.get<Payout[]>('/payouts'))).data;
  }

  /** The option `oauth2` also shows whether our types reach the app's own axios. */
  async statusWithoutToken(): Promise<number> {
    const options = { oauth2: false as const, validateStatus: () => true };
    return (await firstValueFrom(this.http.get('/payouts', options))).status;
  }

  async token(): Promise<string> {
    return (await this.tokens.getToken()).accessToken;
  }
}

@Module({})
class SettingsModule {
  static for(settings: Settings): DynamicModule {
    const providers = [{ provide: 'SETTINGS', useValue: settings }];
    return { module: SettingsModule, providers, exports: ['SETTINGS'] };
  }
}

@Module({ providers: [PayoutService] })
export class AppModule {
  static withOptions(settings: Settings): DynamicModule {
    const client = OAuth2ClientModule.forRoot({ providers: [zeepay(settings)] });
    return { module: AppModule, imports: [client, OAuth2OpenTelemetryModule] };
  }

  static withFactory(settings: Settings): DynamicModule {
    const client = OAuth2ClientModule.forRootAsync({
      names: ['zeepay'] as const,
      imports: [SettingsModule.for(settings)],
      inject: ['SETTINGS'],
      useFactory: (injected: Settings) => ({ providers: [zeepay(injected)] }),
    });
    return { module: AppModule, imports: [client] };
  }
}
