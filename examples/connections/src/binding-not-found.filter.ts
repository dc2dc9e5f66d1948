import { type ArgumentsHost, Catch, NotFoundException } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { BindingNotFoundError } from 'nestjs-service-bus';

/** A pattern that no binding has is the caller's mistake: 404, with the nearest one. */
@Catch(BindingNotFoundError)
export class BindingNotFoundFilter extends BaseExceptionFilter {
  override catch(error: BindingNotFoundError, host: ArgumentsHost): void {
    super.catch(new NotFoundException(error.message), host);
  }
}
