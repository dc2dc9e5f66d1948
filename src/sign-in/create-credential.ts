import { type LoggerService } from '@nestjs/common';
import { type IdentityPlugin, type TokenCredential } from '@azure/identity';

import { type SignIn } from '../config/index.js';
import { SharedCredential } from './shared-credential.js';
import { VisualStudioCodePluginError } from './visual-studio-code-plugin.error.js';

const CONTEXT = 'SignIn';
/** The one that the SDK asks for: by then its token is in the credential's cache. */
const SCOPE = 'https://servicebus.azure.net//user_impersonation';
/** Optional: whoever signs in by Visual Studio Code installs it beside the service. */
const PLUGIN: string = '@azure/identity-vscode';

/**
 * Makes the credential that the service signs in with. A sign-in by the browser happens here, so that the service
 * starts signed in; every other one happens when a link needs its token.
 * @throws SignInError, VisualStudioCodePluginError
 */
export async function createCredential(signIn: SignIn, logger: LoggerService): Promise<TokenCredential> {
  // Loaded only here: it is most of the start-up time.
  const identity = await import('@azure/identity');
  if (signIn.kind === 'browser') {
    const { tenantId } = signIn;
    const browser = new identity.InteractiveBrowserCredential({
      ...(tenantId !== undefined && { tenantId }),
    });
    const credential = new SharedCredential(browser, 'InteractiveBrowserCredential');
    logger.log('sign in on the page that opens in the browser', CONTEXT);
    await credential.getToken(SCOPE);
    return credential;
  }
  await addVisualStudioCode(signIn, identity.useIdentityPlugin, logger);
  // It reads AZURE_TOKEN_CREDENTIALS and its other variables itself.
  return new SharedCredential(new identity.DefaultAzureCredential(), 'DefaultAzureCredential');
}

async function addVisualStudioCode(
  { tokenCredentials }: Extract<SignIn, { kind: 'default' }>,
  use: (plugin: IdentityPlugin) => void,
  logger: LoggerService,
): Promise<void> {
  const isRequired = tokenCredentials === 'visualstudiocodecredential';
  if (!isRequired && tokenCredentials !== undefined && tokenCredentials !== 'dev') return;
  try {
    const { vsCodePlugin } = (await import(PLUGIN)) as { vsCodePlugin: IdentityPlugin };
    use(vsCodePlugin);
  } catch (error) {
    const problem = new VisualStudioCodePluginError(PLUGIN, error);
    if (isRequired) throw problem;
    if (!problem.isMissing) logger.warn(problem.message, CONTEXT);
  }
}
