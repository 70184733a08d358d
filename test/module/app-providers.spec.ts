import { Module } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from '@jest/globals';

import { OAuth2ClientModule, OAuth2Events, TokenProviders } from '../../lib/index.js';
import { clientsOf } from '../../lib/module/app-providers.js';
import { acme } from '../support/acme.js';

const named = (name: string) =>
  OAuth2ClientModule.forRoot({ providers: [acme({ url: 'https://acme.example' }, { name })] });

describe('the clients of an app', () => {
  it('every forRoot of an app is found once, with its providers and its events', async () => {
    const shared = named('shop');
    @Module({ imports: [shared] })
    class Shop {}
    @Module({ imports: [shared, named('bank')], exports: [OAuth2ClientModule] })
    class Bank {}
    const app = await Test.createTestingModule({ imports: [Shop, Bank] }).compile();
    await app.init();
    const clients = clientsOf(app.get(ModulesContainer));
    expect(clients.map(({ providers }) => providers.names)).toEqual([['shop'], ['bank']]);
    for (const { providers, events } of clients) {
      expect(providers).toBeInstanceOf(TokenProviders);
      expect(events).toBeInstanceOf(OAuth2Events);
    }
    expect(clients[0]!.events).not.toBe(clients[1]!.events);
    await app.close();
  });

  it('an app without a forRoot has no clients', async () => {
    const app = await Test.createTestingModule({}).compile();
    expect(clientsOf(app.get(ModulesContainer))).toEqual([]);
  });
});
