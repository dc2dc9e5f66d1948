import { type ApiResponseOptions } from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';

type Schemas = Readonly<Record<string, object>>;

/** The body of every error, as a component of the OpenAPI document. */
export const ERROR_SCHEMAS: Schemas = {
  Error: {
    type: 'object',
    required: ['statusCode', 'error', 'message'],
    properties: {
      statusCode: { type: 'integer' },
      error: { type: 'string' },
      message: { type: 'string' },
    },
  },
};

/** Returns the response of an error for an OpenAPI document, with an example of that status. */
export function describeError(
  status: number,
  description: string,
  message: string,
): { description: string; content: NonNullable<ApiResponseOptions['content']> } {
  const example = { statusCode: status, error: STATUS_CODES[status], message };
  return {
    description,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' }, example } },
  };
}
