import { Body, Controller, Get, Post } from '@nestjs/common';

import { PayoutsService, type NewPayout, type Payout } from './payouts.service.js';

@Controller('payouts')
export class PayoutsController {
  constructor(private readonly payouts: PayoutsService) {}

  @Get()
  findAll(): Promise<Payout[]> {
    return this.payouts.findAll();
  }

  @Post()
  create(@Body() payout: NewPayout): Promise<Payout> {
    return this.payouts.create(payout);
  }
}
