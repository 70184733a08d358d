import {
  Controller,
  Module,
  UseGuards,
  VERSION_NEUTRAL,
  type CanActivate,
  type DynamicModule,
  type ModuleMetadata,
  type Type,
} from '@nestjs/common';

import { OAuth2ClientError } from '../core/errors.js';
import { ALLOW_ACTIONS, BoardController } from './board.controller.js';
import { Board } from './board.service.js';

/** Options of {@link OAuth2BoardModule.register}. */
export interface OAuth2BoardOptions {
  /** Path of the page. The global prefix of the app comes before it. Default `oauth2`. */
  readonly path?: string | undefined;
  /**
   * Guards that decide who may see the page, its events and its buttons: classes or instances. Required in production
   * (`NODE_ENV=production`). Default: none.
   */
  readonly guards?: readonly (CanActivate | Type<CanActivate>)[] | undefined;
  /** Modules with what the guards inject. */
  readonly imports?: ModuleMetadata['imports'];
  /** Whether the page has buttons that renew and invalidate tokens. Default `false`. */
  readonly allowActions?: boolean | undefined;
}

/**
 * Mounts a page that shows the state of all token providers of the app. It needs no configuration of the providers, and
 * it shows no token.
 */
@Module({})
export class OAuth2BoardModule {
  /**
   * @throws {OAuth2ClientError} `CONFIGURATION_INVALID` in production without a guard
   */
  static register(options: OAuth2BoardOptions = {}): DynamicModule {
    const { path = 'oauth2', guards = [], imports = [], allowActions = false } = options;
    if (process.env['NODE_ENV'] === 'production' && guards.length === 0) throw unguarded();
    class MountedBoardController extends BoardController {}
    Controller({ path, version: VERSION_NEUTRAL })(MountedBoardController);
    UseGuards(...guards)(MountedBoardController);
    return {
      module: OAuth2BoardModule,
      imports,
      controllers: [MountedBoardController],
      providers: [Board, { provide: ALLOW_ACTIONS, useValue: allowActions }],
    };
  }
}

function unguarded(): OAuth2ClientError {
  return new OAuth2ClientError({
    code: 'CONFIGURATION_INVALID',
    provider: 'OAuth2BoardModule',
    stage: 'configuration',
    reason: 'The status board has no guard, and NODE_ENV is "production", so anybody could see it.',
    hint: 'Pass a guard: `OAuth2BoardModule.register({ guards: [AdminGuard] })`.',
  });
}
