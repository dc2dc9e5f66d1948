import { HttpException, HttpStatus } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';

/** The problems of a payload if the error is a validation error; otherwise undefined. */
export function validationProblems(error: unknown): string[] | undefined {
  if (error instanceof HttpException) return fromHttp(error);
  // A ValidationPipe with its own exceptionFactory throws class-validator's errors inside an RpcException.
  if (error instanceof RpcException) return fromValidationErrors(error.getError());
  return undefined;
}

function fromHttp(error: HttpException): string[] | undefined {
  const status = error.getStatus();
  if (status !== Number(HttpStatus.BAD_REQUEST) && status !== Number(HttpStatus.UNPROCESSABLE_ENTITY))
    return undefined;
  const response = error.getResponse();
  const message = typeof response === 'object' && 'message' in response ? response.message : response;
  return Array.isArray(message) ? message.map(String) : [error.message];
}

function fromValidationErrors(errors: unknown, path = ''): string[] | undefined {
  if (!Array.isArray(errors) || errors.length === 0 || !errors.every(isValidationError)) return undefined;
  return errors.flatMap((error) => {
    const property = path === '' ? error.property : `${path}.${error.property}`;
    const own = Object.values(error.constraints ?? {}).map((problem) => `${property}: ${problem}`);
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
