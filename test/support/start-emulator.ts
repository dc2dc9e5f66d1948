import { type Emulator, type EmulatorOptions, startEmulator } from 'service-bus-emulator';

/** An emulator on free ports; await `close()` when done. */
export function startTestEmulator(
  entities: EmulatorOptions['entities'] = {},
  options: Omit<EmulatorOptions, 'entities'> = {},
): Promise<Emulator> {
  return startEmulator({ port: 0, administrationPort: false, ...options, entities });
}
