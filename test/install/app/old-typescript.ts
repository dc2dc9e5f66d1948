import { type BindingOptions, DeadLetterException, ServiceBusModule } from 'nestjs-service-bus';
import { gzip } from 'nestjs-service-bus/formats';
import { type Emulator, startEmulator } from 'service-bus-emulator';

const binding: BindingOptions = { queue: 'orders', retry: { maxAttempts: 2 }, compression: gzip() };

export const feature = ServiceBusModule.forFeature({ pattern: 'orders', ...binding });
export const refusal: Error = new DeadLetterException('Refused');
export const emulator: Promise<Emulator> = startEmulator({ port: 0 });
// @ts-expect-error: the types are there, and not merely any.
export const wrong: BindingOptions = { queue: 5 };
