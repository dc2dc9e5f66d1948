import { type ServiceBusAdministrationClient } from '@azure/service-bus';

/**
 * Makes an administration client reach an emulator: the SDK uses https whatever `UseDevelopmentEmulator` says, and
 * emulators serve their administration over plain http.
 */
export function overPlainHttp(client: ServiceBusAdministrationClient): ServiceBusAdministrationClient {
  client.pipeline.addPolicy({
    name: 'emulatorOverPlainHttp',
    sendRequest: (request, next) => {
      request.url = request.url.replace(/^https:/, 'http:');
      request.allowInsecureConnection = true;
      return next(request);
    },
  });
  return client;
}
