import { type DynamicModule } from '@nestjs/common';
import { ConfigModule, type ConfigService } from '@nestjs/config';

import { type Configuration } from './configuration.js';

/** What is injected as `ConfigService`: `config.get('http.port', { infer: true })`. */
export type ServiceConfig = ConfigService<Configuration, true>;

/**
 * Makes the configuration injectable everywhere. It was read and validated before Nest was loaded, because telemetry
 * and workers need it then: Nest gets that same object, and reads no variable itself.
 */
export function provideConfiguration(configuration: Configuration): Promise<DynamicModule> {
  return ConfigModule.forRoot({
    isGlobal: true,
    ignoreEnvFile: true,
    ignoreEnvVars: true,
    skipProcessEnv: true,
    load: [() => configuration],
  });
}
