import type { ServerResponse } from 'node:http';

import { Get, Inject, Post, Req, Res, type OnModuleDestroy } from '@nestjs/common';

import { Board, type Action } from './board.service.js';
import { LiveStreams } from './live-streams.js';
import { page, sectionsOf } from './page.js';
import type { Links } from './provider-card.js';
import { isSameOrigin, type Headers } from './same-origin.js';
import { SCRIPT } from './script.js';
import { STYLE } from './style.js';
import { queryOf, viewOf, type Query } from './view.js';

/** Whether the board has buttons. @internal */
export const ALLOW_ACTIONS = Symbol.for('nestjs-oauth2-client:board actions');

/** What Express and Fastify have in common. */
interface Request {
  readonly url: string;
  readonly originalUrl: string;
  readonly headers: Headers;
}

interface Reply {
  status(code: number): this;
  header(name: string, value: string): this;
  send(body: string): unknown;
  /** Fastify: the response of Node, and the promise to answer with it. */
  readonly raw?: ServerResponse;
  hijack?(): void;
}

interface Reader {
  readonly query: Query;
  readonly links: Links;
}

/** A page may load and send nothing but what belongs to the board. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

/**
 * The routes of the board. They write their responses by themselves, so that the interceptors of the app do not change
 * them.
 *
 * @internal
 */
export class BoardController implements OnModuleDestroy {
  readonly #board: Board;
  readonly #allowActions: boolean;
  #streams: LiveStreams<Reader> | undefined;

  constructor(@Inject(Board) board: Board, @Inject(ALLOW_ACTIONS) allowActions: boolean) {
    this.#board = board;
    this.#allowActions = allowActions;
  }

  @Get()
  page(@Req() request: Request, @Res() reply: Reply): void {
    const url = urlOf(request);
    const { query, links } = this.#reader(url, lastSegment(url.pathname));
    const notice = this.#board.notice(url.searchParams.get('notice'));
    const body = page(viewOf(this.#board.snapshot(), query), links, notice);
    send(reply.header('content-security-policy', POLICY), 'text/html', body);
  }

  @Get('board.css')
  style(@Res() reply: Reply): void {
    send(reply, 'text/css', STYLE);
  }

  @Get('board.js')
  script(@Res() reply: Reply): void {
    send(reply, 'text/javascript', SCRIPT);
  }

  @Get('events')
  events(@Req() request: Request, @Res() reply: Reply): void {
    reply.hijack?.();
    const out = reply.raw ?? (reply as unknown as ServerResponse);
    const url = urlOf(request);
    this.#live().open(this.#reader(url, lastSegment(url.pathname.replace(/\/events$/, ''))), out);
  }

  @Post('renew')
  renew(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.#act('renew', request, reply);
  }

  @Post('invalidate')
  invalidate(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    return this.#act('invalidate', request, reply);
  }

  /** Nest waits for open streams when it closes, and looks for them right after this hook. */
  async onModuleDestroy(): Promise<void> {
    this.#live().close();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }

  #live(): LiveStreams<Reader> {
    return (this.#streams ??= this.#makeStreams());
  }

  #makeStreams(): LiveStreams<Reader> {
    const streams = new LiveStreams<Reader>(this.#board.clock, () => {
      const snapshot = this.#board.snapshot();
      const sectionsFor = ({ query, links }: Reader) => sectionsOf(viewOf(snapshot, query), links);
      return { now: snapshot.now, sectionsFor };
    });
    this.#board.onChange = () => streams.changed();
    return streams;
  }

  #reader({ searchParams }: URL, last: string): Reader {
    const root = last === '' ? '' : `${last}/`;
    const query = queryOf((name) => searchParams.get(name) ?? '');
    return { query, links: { root, allowActions: this.#allowActions } };
  }

  async #act(action: Action, request: Request, reply: Reply): Promise<void> {
    const refuse = (status: number, text: string) => send(reply.status(status), 'text/plain', text);
    if (!this.#allowActions) {
      return refuse(403, 'This board only shows. Its buttons need `allowActions: true`.');
    }
    if (!isSameOrigin(request.headers)) {
      return refuse(403, 'The request does not come from the page of the board. Use its buttons.');
    }
    const { searchParams, pathname } = urlOf(request);
    const account = searchParams.get('account') ?? undefined;
    const told = await this.#board.act(action, searchParams.get('provider') ?? '', account);
    if (told === undefined) return refuse(404, 'This account is no longer in memory.');
    if (request.headers['accept'] === 'text/plain') return send(reply, 'text/plain', told);
    const last = lastSegment(pathname.slice(0, -action.length - 1));
    const path = last === '' ? './' : `../${last}`; // relative, because a proxy may have cut the path
    const back = `${path}?notice=${this.#board.keepNotice(told)}`;
    send(reply.status(303).header('location', back), 'text/plain', told);
  }
}

function urlOf({ originalUrl, url }: Request): URL {
  return new URL(originalUrl ?? url, 'http://board');
}

/** Relative URLs need no more of the path, whatever prefix the app or a proxy has. */
function lastSegment(pathname: string): string {
  return pathname.slice(pathname.lastIndexOf('/') + 1);
}

function send(reply: Reply, type: string, body: string): void {
  reply
    .header('content-type', `${type}; charset=utf-8`)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'same-origin')
    .send(body);
}
