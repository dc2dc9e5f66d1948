import { HttpException, HttpStatus } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';

import { errorMessage } from '../exceptions/describe-error.js';
import { isInstance, toText } from '../exceptions/read-thrown.js';

/** The problems of a payload if the error is a validation error; otherwise undefined. Never throws. */
export function validationProblems(error: unknown): string[] | undefined {
  try {
    if (isInstance(error, HttpException)) return fromHttp(error);
    // A ValidationPipe with its own exceptionFactory throws class-validator's errors inside an RpcException.
    if (isInstance(error, RpcException)) return fromValidationErrors(error.getError());
  } catch {
    // Its own methods fail: it is an error like any other.
  }
  return undefined;
}

function fromHttp(error: HttpException): string[] | undefined {
  const status = error.getStatus();
  if (status !== Number(HttpStatus.BAD_REQUEST) && status !== Number(HttpStatus.UNPROCESSABLE_ENTITY))
    return undefined;
  const response: unknown = error.getResponse();
  const hasMessage = typeof response === 'object' && response !== null && 'message' in response;
  const message = hasMessage ? response.message : response;
  if (!Array.isArray(message)) return [errorMessage(error)];
  return fromValidationErrors(message) ?? message.map(toText);
}

/** Each broken rule of class-validator's errors, with the path of its property: `lines.0.sku: …`. */
export function describeValidationErrors(errors: unknown, path = ''): string[] {
  return fromValidationErrors(errors, path) ?? ['it is not valid'];
}

function fromValidationErrors(errors: unknown, path = ''): string[] | undefined {
  if (!Array.isArray(errors) || errors.length === 0 || !errors.every(isValidationError)) return undefined;
  return errors.flatMap((error) => {
    const property = path === '' ? error.property : `${path}.${error.property}`;
    const own = Object.values(error.constraints ?? {}).map((problem) => `${property}: ${toText(problem)}`);
    return [...own, ...(fromValidationErrors(error.children, property) ?? [])];
  });
}

interface ValidationErrorShape {
  readonly property: string;
  readonly constraints?: Record<string, string>;
  readonly children?: unknown;
}

function isValidationError(value: unknown): value is ValidationErrorShape {
  return (
    typeof value === 'object' &&
    value !== null &&
    'property' in value &&
    typeof value.property === 'string' &&
    ('constraints' in value || 'children' in value)
  );
}
