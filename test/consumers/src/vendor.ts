import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Plays a vendor on 127.0.0.1: a token endpoint for one account, and an API behind its token. */
export async function startVendor() {
  const account = { clientId: 'shop', clientSecret: 's3cret', username: 'ama', password: 'p4ss' };
  const expectedLogin = {
    grant_type: 'password',
    client_id: account.clientId,
    client_secret: account.clientSecret,
    username: account.username,
    password: account.password,
  };
  const tokens = new Set<string>();

  async function answer(request: IncomingMessage): Promise<[status: number, body: object]> {
    const route = `${request.method} ${request.url}`;
    if (route === 'POST /oauth/token') {
      const login = Object.fromEntries(new URLSearchParams(await readBody(request)));
      const known = Object.entries(expectedLogin).every(([name, value]) => login[name] === value);
      if (!known) return [400, { error: 400, message: 'unknown account' }];
      const token = `token-${tokens.size + 1}`;
      tokens.add(token);
      return [200, { access_token: token, token_type: 'Bearer', expires_in: 31_536_000 }];
    }
    if (route !== 'GET /payouts') return [404, { message: `nothing at ${route}` }];
    const bearer = (request.headers.authorization ?? '').replace('Bearer ', '');
    return tokens.has(bearer)
      ? [200, [{ id: 1, amount: '12.50' }]]
      : [401, { message: 'no token' }];
  }

  const server = createServer((request, response) => {
    void answer(request).then(([status, body]) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    account,
    server: `http://127.0.0.1:${port}`,
    logins: () => tokens.size,
    /** Takes a token of a test, as if there had been a login. */
    accept: (token: string) => void tokens.add(token),
    close: () => server.close(),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}
