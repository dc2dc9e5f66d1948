import { Module } from '@nestjs/common';

import { CounterController } from './counter.controller.js';
import { CounterService } from './counter.service.js';

/** Counts the characters, words, sentences and lines of texts. */
@Module({ controllers: [CounterController], providers: [CounterService] })
export class CounterModule {}
