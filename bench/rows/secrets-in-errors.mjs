import { inspect } from 'node:util';

import { call } from '../calls.mjs';

export default {
  title:
    'what the errors of a failed call and of a refused token request show when they are logged',
  columns: ['failed call', 'refused token request'],
  async run({ open, renewable: grant, vendor, access }) {
    const client = await open({ grant });
    await call(client);
    await vendor.set({ apiStatus: 500 });
    const failed = await call(client);
    await vendor.set({ tokenEndpoint: 'refuse' });
    const refused = await call(await open({ grant }));
    return {
      'failed call': shown(failed.error, access),
      'refused token request': shown(refused.error, access),
    };
  },
};

function shown(error, { clientSecret, password }) {
  if (error === undefined) return 'no error';
  const text = inspect(error, { depth: 5 }) + json(error);
  const basic = Buffer.from(clientSecret).toString('base64').slice(4, -4);
  const secrets = {
    'access token': /access-[\da-f]{8}/.test(text),
    'refresh token': /refresh-[\da-f]{8}/.test(text),
    'client secret':
      text.includes(clientSecret) || decodes(text, clientSecret) || text.includes(basic),
    password: text.includes(password),
  };
  const found = Object.entries(secrets).filter(([, isThere]) => isThere);
  return found.map(([name]) => name).join(', ') || 'nothing';
}

/** Whether a Basic header in the text has the secret. */
function decodes(text, secret) {
  const headers = text.match(/Basic [A-Za-z\d+/=]+/g) ?? [];
  return headers.some((header) => Buffer.from(header.slice(6), 'base64').includes(secret));
}

function json(error) {
  try {
    return JSON.stringify(error) ?? '';
  } catch {
    return '';
  }
}
