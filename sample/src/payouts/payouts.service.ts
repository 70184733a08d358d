import { HttpService } from '@nestjs/axios';
import { Injectable } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { InjectHttpService } from 'nestjs-oauth2-client';
import { firstValueFrom } from 'rxjs';

export interface NewPayout {
  recipient: string;
  amount: string;
  currency: string;
}

export interface Payout extends NewPayout {
  id: number;
}

@Injectable()
export class PayoutsService {
  private readonly path: string;

  constructor(
    @InjectHttpService('zeepay') private readonly http: HttpService,
    config: ConfigService,
  ) {
    // Zeepay's public document describes its token endpoint only.
    this.path = config.get('ZEEPAY_PAYOUTS_PATH', '/payouts');
  }

  async findAll(): Promise<Payout[]> {
    const { data } = await firstValueFrom(this.http.get<Payout[]>(this.path));
    return data;
  }

  async create(payout: NewPayout): Promise<Payout> {
    const { data } = await firstValueFrom(this.http.post<Payout>(this.path, payout));
    return data;
  }
}
