import { readSignIn, type SignIn } from './read-sign-in.js';
import { type VariableReader } from './variable-reader.js';

/** The Service Bus that this process connects to; `embedded` starts an emulator inside the process. */
export type Broker =
  | { readonly kind: 'connection-string'; readonly connectionString: string }
  | { readonly kind: 'namespace'; readonly fullyQualifiedNamespace: string; readonly signIn: SignIn }
  | { readonly kind: 'embedded'; readonly port: number; readonly administrationPort: number };

const NAMESPACE = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+$/;

/** Reads which Service Bus to connect to: production has to name one. */
export function readBroker(reader: VariableReader, production: boolean): Broker {
  const connectionString = reader.text('SB_CONNECTION');
  const fullyQualifiedNamespace = reader.text(
    'SERVICE_BUS_NAMESPACE',
    '',
    NAMESPACE,
    'the host name of a namespace, like name.servicebus.windows.net',
  );
  if (connectionString && fullyQualifiedNamespace) {
    reader.problems.push('SB_CONNECTION and SERVICE_BUS_NAMESPACE are both set: set one of them');
  }
  if (connectionString) {
    checkConnectionString(reader, connectionString);
    return { kind: 'connection-string', connectionString };
  }
  if (fullyQualifiedNamespace) {
    return { kind: 'namespace', fullyQualifiedNamespace, signIn: readSignIn(reader) };
  }
  if (production) reader.problems.push('SB_CONNECTION or SERVICE_BUS_NAMESPACE is required');
  return {
    kind: 'embedded',
    port: reader.port('EMULATOR_PORT', 5672),
    administrationPort: reader.port('EMULATOR_ADMIN_PORT', 5300),
  };
}

function checkConnectionString(reader: VariableReader, connectionString: string): void {
  const keys = connectionString.split(';').map((part) => part.split('=', 1)[0]?.trim().toLowerCase());
  const signedIn =
    keys.includes('sharedaccesssignature') ||
    (keys.includes('sharedaccesskeyname') && keys.includes('sharedaccesskey'));
  if (!/(?:^|;)\s*Endpoint=sb:\/\/[^;]+/i.test(connectionString) || !signedIn) {
    const form = 'Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…';
    reader.refuse('SB_CONNECTION', connectionString, `a connection string: ${form}`);
  } else if (keys.includes('entitypath')) {
    reader.refuse('SB_CONNECTION', connectionString, "a namespace's connection string: without EntityPath");
  }
}
