import {
  Controller,
  Get,
  Header,
  HttpCode,
  MethodNotAllowedException,
  Post,
  Query,
  Req,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import { type Request, type Response } from 'express';

import { holdBody, RequireRole } from '../http/index.js';
import { BrokerErrorInterceptor } from './broker-error.interceptor.js';
import { PeekQuery } from './dto/peek-query.js';
import { ReceiveQuery } from './dto/receive-query.js';
import { readMessageProperties } from './message-properties.js';
import { bodyToJson, messageToJson } from './message-to-json.js';
import { PeekService } from './peek.service.js';
import { ReceiveService } from './receive.service.js';
import { type ReceivedMessage } from './received-message.js';
import { SendService } from './send.service.js';

/** The bus over HTTP. */
@Controller()
@UseInterceptors(BrokerErrorInterceptor)
export class RelayHttpController {
  constructor(
    private readonly sender: SendService,
    private readonly receiver: ReceiveService,
    private readonly peeker: PeekService,
  ) {}

  @Post('send')
  @RequireRole('send')
  @HttpCode(200)
  @Header('Content-Type', 'application/json; charset=utf-8')
  async send(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<string> {
    // The parser leaves no Buffer when there is no body.
    const body: unknown = request.body;
    const properties = readMessageProperties(request.headers, request.rawHeaders);
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const messageId = await this.sender.send(bytes, properties, (send) => holdBody(request, send));
    // Node writes a header's characters as bytes: encode ids beyond Latin-1 as UTF-8.
    response.setHeader('Message-Id', Buffer.from(messageId, 'utf8').toString('latin1'));
    return 'true';
  }

  @Get('receive')
  @RequireRole('receive')
  async receive(
    @Query() query: ReceiveQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    // Express answers HEAD with GET's handler, which would complete messages that nobody sees.
    if (request.method !== 'GET') throw new MethodNotAllowedException('/receive takes GET only');
    const { idleTimeout, maxMessages, minMessages } = query;
    const limits = { idleTimeoutMs: idleTimeout * 1000, maxMessages, minMessages };
    await this.receiver.receive(limits, (messages) => render(messages, query.details), response);
  }

  @Get('peek')
  @RequireRole('receive')
  @Header('Content-Type', 'application/json; charset=utf-8')
  @Header('Cache-Control', 'no-store')
  async peek(@Query() query: PeekQuery): Promise<string> {
    const { maxMessages, fromSequenceNumber, details } = query;
    return this.peeker.peek(maxMessages, fromSequenceNumber, (messages) => render(messages, details));
  }
}

function render(messages: readonly ReceivedMessage[], details: boolean): string {
  return `[${messages.map(details ? messageToJson : bodyToJson).join(',')}]`;
}
