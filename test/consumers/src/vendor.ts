import { faults, OAuth2TestServer } from 'nestjs-oauth2-client/testing';

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
  const vendor = await OAuth2TestServer.start({ tokenResponse: { expires_in: 31_536_000 } });
  vendor.tokenEndpoint.respond(({ form }) => {
    const isKnown = Object.entries(expectedLogin).every(([name, value]) => form[name] === value);
    return isKnown ? vendor.grant() : faults.refused();
  });
  vendor.api.respond(({ method, path }) =>
    `${method} ${path}` === 'GET /payouts'
      ? { body: [{ id: 1, amount: '12.50' }] }
      : { status: 404 },
  );
  return { vendor, account };
}
