import { type VariableReader } from './variable-reader.js';

/** How the service signs in to a namespace with Microsoft Entra ID. */
export type SignIn =
  | {
      readonly kind: 'default';
      /** In lower case; undefined where `DefaultAzureCredential` tries all that it knows. */
      readonly tokenCredentials: TokenCredentials | undefined;
    }
  | { readonly kind: 'browser'; readonly tenantId: string | undefined };

type TokenCredentials = Lowercase<(typeof TOKEN_CREDENTIALS)[number]>;

// [@azure/identity, DefaultAzureCredential] It compares them without regard to case.
const TOKEN_CREDENTIALS = [
  'dev',
  'prod',
  'EnvironmentCredential',
  'WorkloadIdentityCredential',
  'ManagedIdentityCredential',
  'VisualStudioCodeCredential',
  'AzureCliCredential',
  'AzurePowerShellCredential',
  'AzureDeveloperCliCredential',
] as const;

/** Reads how to sign in to a namespace that is named without a connection string. */
export function readSignIn(reader: VariableReader): SignIn {
  const kind = reader.oneOf('SERVICE_BUS_SIGN_IN', 'default', ['default', 'browser']);
  const tokenCredentials = readTokenCredentials(reader);
  if (kind === 'default') return { kind, tokenCredentials };
  if (reader.text('WORKERS', '1') !== '1') {
    reader.problems.push(
      'SERVICE_BUS_SIGN_IN=browser and WORKERS are both set: each worker would open a page, set WORKERS to 1',
    );
  }
  if (tokenCredentials !== undefined) {
    reader.problems.push(
      'SERVICE_BUS_SIGN_IN=browser and AZURE_TOKEN_CREDENTIALS are both set: remove one of them',
    );
  }
  // [@azure/identity, checkTenantId]
  const tenantId = reader.text('AZURE_TENANT_ID', '', /^[\da-z.-]+$/i, "a tenant's id or domain name");
  return { kind, tenantId: tenantId || undefined };
}

function readTokenCredentials(reader: VariableReader): TokenCredentials | undefined {
  const value = reader.text('AZURE_TOKEN_CREDENTIALS');
  if (value === '') return undefined;
  const known = TOKEN_CREDENTIALS.find((name) => name.toLowerCase() === value.toLowerCase());
  if (known === undefined) {
    reader.refuse('AZURE_TOKEN_CREDENTIALS', value, `one of ${TOKEN_CREDENTIALS.join(', ')}`);
  }
  return known?.toLowerCase() as TokenCredentials | undefined;
}
