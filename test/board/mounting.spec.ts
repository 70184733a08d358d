import { afterEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';

import { OAuth2BoardModule } from '../../lib/board/board.js';
import { getTokenProviderToken, OAuth2ClientModule } from '../../lib/index.js';
import { acme } from '../support/acme.js';

class Guard {
  canActivate(): boolean {
    return true;
  }
}

@Module({
  imports: [OAuth2ClientModule.forRoot({ providers: [acme({ url: 'http://127.0.0.1:1' })] })],
})
class Payments {}

@Module({
  imports: [
    OAuth2ClientModule.forRoot({
      providers: [acme({ url: 'http://127.0.0.1:1' }, { name: 'crm' })],
    }),
  ],
})
class Sales {}

const { NODE_ENV } = process.env;
afterEach(() => {
  process.env['NODE_ENV'] = NODE_ENV;
});

describe('mounting the board', () => {
  it('is refused in production without a guard', () => {
    process.env['NODE_ENV'] = 'production';
    expect(() => OAuth2BoardModule.register()).toThrow(
      '[OAuth2BoardModule] The status board has no guard, and NODE_ENV is "production", so anybody could see it. ' +
        'Pass a guard: `OAuth2BoardModule.register({ guards: [AdminGuard] })`.',
    );
  });

  it('is possible in production with a guard', () => {
    process.env['NODE_ENV'] = 'production';
    expect(() => OAuth2BoardModule.register({ guards: [Guard] })).not.toThrow();
  });

  it('shows the providers of all modules of the app', async () => {
    const module = await Test.createTestingModule({
      imports: [Payments, OAuth2BoardModule.register({ path: '/' }), Sales],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    await app.close();
    expect(page).toContain('acme is idle');
    expect(page).toContain('crm is idle');
    expect(page).toContain('src="board.js"');
  });

  it('leaves out a test double without states', async () => {
    const module = await Test.createTestingModule({
      imports: [Payments, Sales, OAuth2BoardModule.register()],
    })
      .overrideProvider(getTokenProviderToken('acme'))
      .useValue({})
      .compile();
    const app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    const page = await (await fetch(`http://127.0.0.1:${port}/oauth2`)).text();
    await app.close();
    expect(page).toContain('crm is idle');
    expect(page).not.toContain('acme is');
  });

  it('works in an app without providers', async () => {
    const module = await Test.createTestingModule({
      imports: [OAuth2BoardModule.register()],
    }).compile();
    const app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    const page = await (await fetch(`http://127.0.0.1:${port}/oauth2`)).text();
    await app.close();
    expect(page).toContain('No provider is declared.');
  });
});
