/** What this asks of a client: the HTTP pipeline that clients of @azure/service-bus 7 have. */
export interface ClientWithPipeline {
  /** Where each request passes through. */
  readonly pipeline: {
    /** Adds a step that requests pass through. */
    addPolicy(policy: {
      name: string;
      sendRequest<Request extends { url: string; allowInsecureConnection?: boolean }, Answer>(
        request: Request,
        next: (request: Request) => Answer,
      ): Answer;
    }): void;
  };
}

/**
 * Makes a `ServiceBusAdministrationClient` reach an emulator without TLS, and returns it. The SDK uses https whatever
 * `UseDevelopmentEmulator` says, and the emulator serves its administration API over plain http. With TLS it is not
 * needed: `new ServiceBusAdministrationClient(emulator.tls.connectionString)`.
 */
export function overPlainHttp<Client extends ClientWithPipeline>(client: Client): Client {
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
