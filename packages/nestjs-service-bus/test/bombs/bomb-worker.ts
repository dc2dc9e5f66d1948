import { once } from 'node:events';
import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress } from 'node:zlib';

import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload } from '@nestjs/microservices';

import { type Compression, gzip } from '../../src/formats.js';
import { ServiceBusModule, ServiceBusServer } from '../../src/index.js';

// Run by bombs.spec: reads compressed messages, and tells the most memory that it had before and after them.
const { WORKER_CONNECTION: connectionString = '', WORKER_MAX_BYTES = '' } = process.env;
const maxBytes = Number(WORKER_MAX_BYTES);

const compress = promisify(brotliCompress);
const decompress = promisify(brotliDecompress);
/** As an application would write it. */
const brotli: Compression = {
  contentEncoding: 'br',
  compress: (body) => compress(body),
  decompress: (body) => decompress(body, { maxOutputLength: maxBytes }),
};

@Controller()
class WorkController {
  @MessagePattern('work')
  work(@Payload() payload: unknown): unknown {
    return Buffer.isBuffer(payload) ? payload.length : payload;
  }

  @MessagePattern('brotli')
  brotli(@Payload() payload: unknown): unknown {
    return payload;
  }
}

@Module({
  imports: [
    ServiceBusModule.forRoot({ connectionString }),
    ServiceBusModule.forFeature({
      pattern: 'work',
      replyTo: 'out',
      compression: gzip({ maxBytes }),
      maxConcurrentCalls: 16,
    }),
    ServiceBusModule.forFeature({
      pattern: 'brotli',
      replyTo: 'out',
      compression: brotli,
      maxConcurrentCalls: 16,
    }),
  ],
  controllers: [WorkController],
})
class WorkerModule {}

const peakBytes = (): number => process.resourceUsage().maxRSS * 1_024;
const app = await NestFactory.create(WorkerModule, { logger: false });
app.connectMicroservice({ strategy: app.get(ServiceBusServer) });
await app.startAllMicroservices();
await app.init();
// The first messages have come, and the bombs have not.
await once(process.stdin, 'data');
const before = peakBytes();
process.stdout.write('ready\n');
await once(process.stdin, 'end');
process.stdout.write(`${peakBytes() - before} bytes more\n`);
await app.close();
