import { type PayloadClass } from '../contract/payload-type.js';

// What @Payload and @Ctx leave (@nestjs/microservices/constants): `3:0` is a payload as the first parameter.
const PARAMETERS = '__routeArguments__';
const PAYLOAD_KIND = '3';

/** The class that a handler's method has as its payload's type; undefined where the compiler left none. */
export function payloadParameter(controller: object, method: string): PayloadClass | undefined {
  const prototype = (controller as { prototype: object }).prototype;
  const types = Reflect.getMetadata('design:paramtypes', prototype, method) as unknown[] | undefined;
  const type = types?.[indexOfPayload(controller, method)];
  const isClass = typeof type === 'function' && type !== Object && type !== Array;
  return isClass ? (type as PayloadClass) : undefined;
}

function indexOfPayload(controller: object, method: string): number {
  const decorated = Reflect.getMetadata(PARAMETERS, controller, method) as object | undefined;
  if (!decorated) return 0;
  const [, index] =
    Object.keys(decorated)
      .map((key) => key.split(':'))
      .find(([kind]) => kind === PAYLOAD_KIND) ?? [];
  return index === undefined ? -1 : Number(index);
}
