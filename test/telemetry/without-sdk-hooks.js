/** The SDK is looked for where it is not. */
export async function resolve(specifier, context, next) {
  return next(specifier === '@opentelemetry/sdk-node' ? `${specifier}-away` : specifier, context);
}
