import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CreateAxiosDefaults } from 'axios';

import { axiosTransport } from '../../lib/http/axios-transport.js';
import { selfSigned } from '../support/certificate.js';
import { rejection } from '../support/collect.js';
import { RecorderProxy } from '../support/recorder-proxy.js';

const { key, cert } = selfSigned('127.0.0.1', new Date('2099-01-01'));

describe('the last moment before a token request leaves', () => {
  let cleanUps: (() => unknown)[];
  beforeEach(() => void (cleanUps = []));
  afterEach(async () => {
    for (const cleanUp of cleanUps) await cleanUp();
  });

  /** A server, and the requests that it has read. */
  async function server(isSecure: boolean) {
    const requests: string[] = [];
    const listener: http.RequestListener = (request, response) => {
      request.on('data', (chunk: Buffer) => requests.push(chunk.toString()));
      request.on('end', () => response.end('{}'));
    };
    const made = isSecure
      ? https.createServer({ key, cert }, listener)
      : http.createServer(listener);
    const sockets: Socket[] = [];
    made.on('connection', (socket: Socket) => sockets.push(socket));
    made.listen(0, '127.0.0.1');
    await once(made, 'listening');
    cleanUps.push(() => (made.close(), made.closeAllConnections()));
    const { port } = made.address() as AddressInfo;
    return { requests, sockets, url: `http${isSecure ? 's' : ''}://127.0.0.1:${port}` };
  }

  async function recorder() {
    const proxy = await RecorderProxy.start();
    cleanUps.push(() => proxy.close());
    return { proxy: { protocol: 'http', host: '127.0.0.1', port: proxy.port } };
  }

  function sender(url: string, options: CreateAxiosDefaults) {
    const agents = { ...options };
    agents.httpsAgent ??= new https.Agent({ ca: cert, keepAlive: true });
    agents.httpAgent ??= new http.Agent({ keepAlive: true });
    cleanUps.push(() => [agents.httpAgent, agents.httpsAgent].forEach((agent) => agent.destroy()));
    const transport = axiosTransport(agents);
    return (body: string | FormData, mayBeSent?: () => boolean) =>
      transport(
        { method: 'POST', url: `${url}/token`, headers: {}, body },
        new AbortController().signal,
        mayBeSent,
      );
  }

  const WAYS: [string, boolean, () => Promise<CreateAxiosDefaults> | CreateAxiosDefaults][] = [
    ['by http', false, () => ({})],
    ['by https', true, () => ({})],
    ['through a proxy', false, recorder],
    ['through a tunnel', true, recorder],
    [
      'through an agent that connects later',
      false,
      () => {
        const agent = new http.Agent();
        agent.createConnection = (options, callback) => {
          setTimeout(() => callback?.(null, connect(options as { port: number })), 20);
          return undefined;
        };
        return { httpAgent: agent };
      },
    ],
  ];

  it.each(WAYS)(
    'a token request asks whether it may be sent when its connection is up, %s',
    async (_way, isSecure, options) => {
      const { url, requests } = await server(isSecure);
      const send = sender(url, await options());
      let asked = 0;
      const mayBeSent = () => ++asked > 0;
      const form = new FormData();
      form.append('name', 'of a form');
      // The second one reuses the connection of the first.
      for (const body of ['first', 'second', form]) {
        expect((await send(body, mayBeSent)).status).toBe(200);
      }
      expect(asked).toBe(3);
      expect(requests.slice(0, 2)).toEqual(['first', 'second']);
      expect(requests.slice(2).join('')).toContain('of a form');
    },
  );

  it.each(WAYS)(
    'a token request that may no longer be sent is not sent, %s',
    async (_way, isSecure, options) => {
      const { url, requests } = await server(isSecure);
      const send = sender(url, await options());
      const refuse = () => false;
      expect(await rejection(send('first', refuse))).toMatchObject({ code: 'NOT_SENT' });
      await send('second');
      expect(await rejection(send('third', refuse))).toMatchObject({ code: 'NOT_SENT' });
      expect(requests).toEqual(['second']);
    },
  );

  it('a token request does not ask whether it may be sent before a host accepts the connection', async () => {
    // One that accepts, and leaves the handshake of TLS unanswered.
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    let asked = 0;
    const send = sender(`https://127.0.0.1:${port}`, {});
    const sent = send('body', () => ++asked > 0).catch(() => {});
    const [socket] = (await once(silent, 'connection')) as [Socket];
    await once(socket, 'data'); // the client's hello
    expect(asked).toBe(0);
    socket.destroy();
    await sent;
    silent.close();
  });
});
