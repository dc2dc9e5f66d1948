/** The transport's id: `@MessagePattern(pattern, SERVICE_BUS_TRANSPORT)` keeps a handler to this transport. */
export const SERVICE_BUS_TRANSPORT = Symbol('service-bus');
