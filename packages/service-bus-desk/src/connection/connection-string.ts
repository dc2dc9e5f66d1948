import { parseServiceBusConnectionString } from '@azure/service-bus';

import { DeskError } from '../desk-error.js';

/** A connection string in the form that the SDK takes for every entity that its key is good for. */
export interface NamespaceKey {
  readonly connectionString: string;
  /** Host and, where it is named, port. */
  readonly host: string;
  /** The one entity that the key is good for; undefined for a key of the namespace. */
  readonly onlyEntity: string | undefined;
  /** The administration of an emulator answers over plain http. */
  readonly isEmulator: boolean;
}

/** @throws DeskError, which never tells what the string contains: there is a key in it */
export function readConnectionString(text: string): NamespaceKey {
  try {
    parseServiceBusConnectionString(text);
  } catch {
    throw new DeskError(
      'the connection string is none: it begins with Endpoint=sb:// and has a SharedAccessKeyName and a SharedAccessKey',
      'bad-input',
    );
  }
  const parts = text.split(';').map((part) => part.trim());
  const valueOf = (name: string): string | undefined => {
    const part = parts.find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}=`));
    return part?.slice(name.length + 1).trim();
  };
  return {
    // With the entity's name in it, the SDK takes the entity in that one spelling alone, and not its dead-letter queue.
    connectionString: parts.filter((part) => part !== '' && !/^EntityPath=/i.test(part)).join(';'),
    host: (valueOf('Endpoint') ?? '').replace(/^\w+:\/\//, '').replace(/\/.*$/, ''),
    onlyEntity: valueOf('EntityPath'),
    isEmulator: valueOf('UseDevelopmentEmulator') === 'true',
  };
}
