export const SECRET = 'Vx81-mQz7_pLw4';

/** A definition with nothing wrong in it. */
export const valid = {
  name: 'acme',
  tokenEndpoint: 'https://auth.acme.example/token',
  clientId: 'shop',
  clientSecret: SECRET,
  baseURL: 'https://api.acme.example',
};
