// node --import ./test/telemetry/without-sdk.js: as if the optional packages of OpenTelemetry were not installed.
import { register } from 'node:module';

register('./without-sdk-hooks.js', import.meta.url);
