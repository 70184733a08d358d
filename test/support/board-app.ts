import type { INestApplication } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';

import { OAuth2BoardModule, type OAuth2BoardOptions } from '../../lib/board/board.js';
import {
  getHttpServiceToken,
  getTokenProviderToken,
  OAUTH2_RUNTIME,
  OAuth2ClientModule,
  systemClock,
  type Clock,
  type OAuth2ClientModuleOptions,
  type TokenProvider,
} from '../../lib/index.js';
import type { HttpService } from '@nestjs/axios';

export const PLATFORMS = ['express', 'fastify'] as const;
export type Platform = (typeof PLATFORMS)[number];

const ADAPTERS: Record<Platform, () => AbstractHttpAdapter> = {
  express: () => new ExpressAdapter(),
  fastify: () => new FastifyAdapter(),
};

export interface BoardAppOptions extends OAuth2ClientModuleOptions {
  readonly platform?: Platform;
  readonly board?: OAuth2BoardOptions;
  readonly clock?: Clock;
  /** Stands in for the provider `acme`. */
  readonly tokens?: TokenProvider;
  /** Changes the app before it starts. */
  readonly prepare?: (app: INestApplication) => void;
}

/** An app that listens on loopback, with providers and a board. */
export class BoardApp {
  private constructor(
    readonly app: INestApplication,
    /** Of the app. The board is at `/oauth2`. */
    readonly url: string,
  ) {}

  static async start({
    platform = 'express',
    board,
    clock = systemClock,
    tokens,
    prepare,
    ...options
  }: BoardAppOptions): Promise<BoardApp> {
    const builder = Test.createTestingModule({
      imports: [OAuth2ClientModule.forRoot(options), OAuth2BoardModule.register(board)],
    })
      .overrideProvider(OAUTH2_RUNTIME)
      .useValue({ clock, random: () => 0 });
    if (tokens) builder.overrideProvider(getTokenProviderToken('acme')).useValue(tokens);
    const module = await builder.compile();
    const app = module.createNestApplication(ADAPTERS[platform](), { logger: false });
    prepare?.(app);
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as { port: number };
    return new BoardApp(app, `http://127.0.0.1:${port}`);
  }

  tokens(name = 'acme'): TokenProvider {
    return this.app.get(getTokenProviderToken(name), { strict: false });
  }

  http(name = 'acme'): HttpService {
    return this.app.get(getHttpServiceToken(name), { strict: false });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, { headers });
  }

  async page(query = ''): Promise<string> {
    return (await this.get(`/oauth2${query}`)).text();
  }

  post(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}${path}`, { method: 'POST', headers, redirect: 'manual' });
  }

  close(): Promise<void> {
    return this.app.close();
  }
}
