import { call } from '../calls.mjs';

export default {
  title: 'what another origin is sent: by an absolute URL, and by a redirect of the API',
  columns: ['absolute URL', 'redirect'],
  async run({ open, vendor, access }) {
    const client = await open();
    await call(client);
    await call(client, `${access.strangerUrl}/orders`);
    const { strangers: absolute } = await vendor.counts();
    await vendor.set({ redirect: `${access.strangerUrl}/orders` });
    await call(client);
    const { strangers } = await vendor.counts();
    const redirected = strangers.slice(absolute.length);
    return { 'absolute URL': sent(absolute), redirect: sent(redirected) };
  },
};

function sent(headers) {
  if (headers.length === 0) return 'no request';
  return headers.some((header) => header.includes('access-')) ? 'the token' : 'no token';
}
