import { Logger } from '@nestjs/common';
import { type ServiceBusModuleOptions } from 'nestjs-service-bus';

/** The namespace that a variable of the environment names; outside of production, else an emulator in this process. */
export async function namespace(variable: string): Promise<ServiceBusModuleOptions> {
  const connectionString = process.env[variable] ?? (await startEmulator(variable));
  return { connectionString, provision: 'create' };
}

async function startEmulator(variable: string): Promise<string> {
  if (process.env['NODE_ENV'] === 'production') throw new Error(`${variable} is required`);
  // Loaded only here: production does without.
  const emulator = await import('service-bus-emulator');
  const { connectionString } = await emulator.startEmulator({ port: 0, administrationPort: false });
  new Logger('Emulator').log(`${variable} is not set, an emulator stands in: ${connectionString}`);
  return connectionString;
}
