import { Desk } from '../desk.js';
import { DeskError } from '../desk-error.js';
import { type Surroundings } from './streams.js';

/** Opens the namespace that the environment names, by the same variables as the service. @throws DeskError */
export function openDesk({ environment }: Surroundings): Promise<Desk> {
  const connectionString = environment['SB_CONNECTION'] || undefined;
  const fullyQualifiedNamespace = environment['SERVICE_BUS_NAMESPACE'] || undefined;
  const administration = environment['SB_ADMINISTRATION_CONNECTION'] || undefined;
  if (connectionString !== undefined && fullyQualifiedNamespace !== undefined) {
    throw new DeskError('SB_CONNECTION and SERVICE_BUS_NAMESPACE are both set: set one of them', 'bad-input');
  }
  if (connectionString !== undefined) {
    return Desk.open({
      connectionString,
      ...(administration !== undefined && { administrationConnectionString: administration }),
    });
  }
  if (fullyQualifiedNamespace !== undefined) return Desk.open({ fullyQualifiedNamespace });
  throw new DeskError(
    'set SB_CONNECTION to a connection string, or SERVICE_BUS_NAMESPACE to name.servicebus.windows.net to sign in by Entra ID',
    'bad-input',
  );
}
