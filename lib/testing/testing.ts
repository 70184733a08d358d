// The entry point `nestjs-oauth2-client/testing`: what an app's own tests import. It imports no test framework.
export {
  fakeTokenProvider,
  type FakeTokenCall,
  type FakeTokenProvider,
  type FakeTokenProviderOptions,
} from './fake-token-provider.js';
export { OAuth2TestServer } from './oauth2-test-server.js';
export type { OAuth2TestServerOptions } from './oauth2-test-server-options.js';
export type { ExpectedRequest, ReceivedRequest } from './received-request.js';
export { TestClock } from './test-clock.js';
export type { TestEndpoint } from './test-endpoint.js';
export { faults, type Responder, type TestResponse } from './test-response.js';
export { withFakeProviders, type OverridableModule } from './with-fake-providers.js';
