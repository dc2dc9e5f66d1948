import { type Type } from '@nestjs/common';
import { ServiceBusTestbed } from 'nestjs-service-bus/testing';

import { provideConfiguration } from '../../src/config/config.module.js';
import { readConfiguration } from '../../src/config/index.js';
import { InputPipe } from '../../src/http/input.pipe.js';

/**
 * Starts a feature of the service, or several, on a broker of their own whose clock the test moves; `variables` are
 * those of the environment.
 */
export function startFeature(
  modules: Type | readonly Type[],
  variables: Readonly<Record<string, string>> = {},
): Promise<ServiceBusTestbed> {
  return ServiceBusTestbed.create({
    imports: [provideConfiguration(readConfiguration(variables)), ...[modules].flat()],
    configure: (app) => app.useGlobalPipes(new InputPipe()),
    // These tests provoke failures, whose log lines are noise.
    logger: false,
  });
}
