// The entry point `nestjs-oauth2-client/testing`: everything that an app's own tests may import.
export {
  fakeTokenProvider,
  type FakeTokenCall,
  type FakeTokenProvider,
  type FakeTokenProviderOptions,
} from './fake-token-provider.js';
