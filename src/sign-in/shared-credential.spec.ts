import { type AccessToken, AggregateAuthenticationError, CredentialUnavailableError } from '@azure/identity';
import { describe, expect, it } from '@jest/globals';

import { SharedCredential } from './shared-credential.js';
import { SignInError } from './sign-in.error.js';

const SCOPE = 'https://servicebus.azure.net//user_impersonation';
const TOKEN: AccessToken = { token: 'a token', expiresOnTimestamp: 0 };

async function failureOf(error: Error): Promise<SignInError> {
  const credential = new SharedCredential(
    { getToken: () => Promise.reject(error) },
    'DefaultAzureCredential',
  );
  const failure: unknown = await credential.getToken(SCOPE).catch((reason: unknown) => reason);
  if (!(failure instanceof SignInError)) throw new Error('expected a SignInError');
  return failure;
}

describe('SharedCredential', () => {
  it('signs in once for all that ask at the same time, also when the first one gives up', async () => {
    const signals: unknown[] = [];
    let answer: (token: AccessToken) => void = () => undefined;
    const credential = new SharedCredential(
      {
        getToken: (_scopes, options) => {
          signals.push(options?.abortSignal);
          return new Promise((resolve) => (answer = resolve));
        },
      },
      'AzureCliCredential',
    );
    const abortSignal = AbortSignal.abort();
    const tokens = [credential.getToken(SCOPE, { abortSignal }), credential.getToken(SCOPE)];
    answer(TOKEN);
    expect(await Promise.all(tokens)).toEqual([TOKEN, TOKEN]);
    expect(signals).toEqual([undefined]);
    const later = credential.getToken(SCOPE);
    answer(TOKEN);
    await later;
    expect(signals).toHaveLength(2);
  });

  it('signs in for each scope, and for each claim', async () => {
    const asked: unknown[] = [];
    const credential = new SharedCredential(
      {
        getToken: (scopes, options) => {
          asked.push([scopes, options?.claims]);
          return Promise.resolve(TOKEN);
        },
      },
      'AzureCliCredential',
    );
    await Promise.all([
      credential.getToken('a'),
      credential.getToken('b'),
      credential.getToken('a', { claims: 'c' }),
    ]);
    expect(asked).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['a', 'c'],
    ]);
  });

  it('tells everything that was tried, in one line', async () => {
    const cause = new AggregateAuthenticationError(
      [
        'EnvironmentCredential is unavailable. No underlying credential could be used. To troubleshoot, visit https://aka.ms/a.',
        'ManagedIdentityCredential: Network unreachable. Message: network_error: See https://aka.ms/b for details',
        'Visual Studio Code Authentication is not available. Ensure you have have Azure Resources Extension installed in VS Code',
        "Azure CLI could not be found. Please visit https://aka.ms/azure-cli, then authenticate using 'az login'.",
        'Error: Unable to execute PowerShell. Ensure that it is installed in your system. To troubleshoot, visit https://aka.ms/c.',
        "Azure Developer CLI couldn't be found. To mitigate this issue, see https://aka.ms/d.",
      ].map((message) => new CredentialUnavailableError(message)),
      'ChainedTokenCredential authentication failed.',
    );
    const failure = await failureOf(cause);
    expect(failure.message).toBe(
      'cannot sign in to Service Bus, tried EnvironmentCredential (is unavailable. No underlying credential could be used), ' +
        'ManagedIdentityCredential (Network unreachable. Message: network_error), ' +
        'VisualStudioCodeCredential (Visual Studio Code Authentication is not available), ' +
        'AzureCliCredential (Azure CLI could not be found), ' +
        'AzurePowerShellCredential (Unable to execute PowerShell), ' +
        "AzureDeveloperCliCredential (Azure Developer CLI couldn't be found)",
    );
    expect(failure.cause).toBe(cause);
    expect(failure.tried).toHaveLength(6);
  });

  it('tells the failure of a single credential in one line too', async () => {
    const { message } = await failureOf(
      new Error(
        'invalid_client: Error(s): 7000215 - AADSTS7000215: Invalid client secret provided.\nTrace ID: 1\nCorrelation ID: 2',
      ),
    );
    expect(message).toBe(
      'cannot sign in to Service Bus, tried DefaultAzureCredential (invalid_client: Error(s): 7000215 - AADSTS7000215: Invalid client secret provided)',
    );
  });
});
