import { HttpService } from '@nestjs/axios';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { InjectHttpService, OAuth2ClientModule, zeepay } from 'nestjs-oauth2-client';
import { firstValueFrom } from 'rxjs';

@Injectable()
export class PayoutService {
  constructor(@InjectHttpService('zeepay') private readonly zeepay: HttpService) {}

  async list(): Promise<string[]> {
    return (await firstValueFrom(this.zeepay.get<string[]>('/payouts'))).data;
  }
}

@Controller('payouts')
export class PayoutController {
  constructor(private readonly payouts: PayoutService) {}

  @Get()
  list(): Promise<string[]> {
    return this.payouts.list();
  }
}

@Module({
  imports: [
    OAuth2ClientModule.forRootAsync({
      names: ['zeepay'] as const,
      useFactory: () => ({
        providers: [
          zeepay({
            server: process.env.ZEEPAY_SERVER ?? 'sandbox',
            clientId: 'id',
            clientSecret: 's3cret',
            username: 'ama',
            password: 'p4ss',
          }),
        ],
      }),
    }),
  ],
  controllers: [PayoutController],
  providers: [PayoutService],
})
export class PayoutModule {}
