import { afterEach } from '@jest/globals';
import { ValidationPipe } from '@nestjs/common';

import { type BindingOptions, ServiceBusModule } from '../../src/index.js';
import { ServiceBusTestbed, type ServiceBusTestbedOptions } from '../../src/testing.js';
import { fastLane } from './start-service-bus-app.js';
import { WORK_HANDLER, WorkController, type WorkHandler } from './work-controller.js';

/** Starts testbeds for tests, and closes them after each. */
export interface Testbeds {
  open(options: ServiceBusTestbedOptions): Promise<ServiceBusTestbed>;
  /** With a handler of the pattern `work`. */
  openWork(
    handler: WorkHandler,
    binding?: BindingOptions,
    options?: ServiceBusTestbedOptions,
  ): Promise<ServiceBusTestbed>;
}

/** For the tests of the enclosing `describe`. */
export function useTestbeds(): Testbeds {
  const opened: ServiceBusTestbed[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((bus) => bus.close()));
  });
  const open: Testbeds['open'] = async (options) => {
    const bus = await ServiceBusTestbed.create({
      logger: false,
      // A busy machine may take longer than a test of one handler has.
      timeoutMs: 20_000,
      configure: (app) => app.useGlobalPipes(new ValidationPipe({ transform: true })),
      ...options,
      module: { drainTimeoutMs: 2_000, fastLane, ...options.module },
    });
    opened.push(bus);
    return bus;
  };
  return {
    open,
    openWork: (handler, binding = {}, options = {}) =>
      open({
        imports: [ServiceBusModule.forFeature({ pattern: 'work', ...binding })],
        controllers: [WorkController],
        providers: [{ provide: WORK_HANDLER, useValue: handler }],
        ...options,
      }),
  };
}
