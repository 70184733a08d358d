import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
} from '@azure/core-rest-pipeline';

export default {
  name: '@azure/core-rest-pipeline',
  packages: ['@azure/core-rest-pipeline', '@azure/core-auth'],
  grants: ['client_credentials'],
  secure: true,
  note: 'https only; what asks for a token is written by hand, what keeps it is not',
  open({ tokenUrl, apiUrl, ca, clientId, clientSecret }) {
    const fields = { client_id: clientId, client_secret: clientSecret };
    const credential = {
      async getToken() {
        const body = new URLSearchParams({ grant_type: 'client_credentials', ...fields });
        const response = await fetch(tokenUrl, { method: 'POST', body });
        if (!response.ok) throw new Error(`token endpoint: ${response.status}`);
        const { access_token, expires_in } = await response.json();
        return { token: access_token, expiresOnTimestamp: Date.now() + expires_in * 1_000 };
      },
    };

    const pipeline = createPipelineFromOptions({ tlsOptions: { ca } });
    const policy = bearerTokenAuthenticationPolicy({ credential, scopes: [] });
    pipeline.addPolicy(policy, { phase: 'Sign' });
    const httpClient = createDefaultHttpClient();
    return {
      get(path) {
        const request = createPipelineRequest({ url: new URL(path, apiUrl).href });
        return pipeline.sendRequest(httpClient, request);
      },
    };
  },
};
