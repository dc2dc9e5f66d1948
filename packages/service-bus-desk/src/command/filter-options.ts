import { type Command } from 'commander';

import { collect, readNumber, readTime } from './read-options.js';

/** Adds the options that choose dead letters. */
export function addFilterOptions(command: Command): Command {
  return command
    .option('-g, --group <id>', 'of this group (list shows them)')
    .option('-r, --reason <reason>', 'with this dead-letter reason')
    .option('--handler <name>', 'that failed in this handler')
    .option('--since <time>', 'enqueued since then: 2026-11-28T20:46Z, or 2h for two hours ago', readTime)
    .option('--until <time>', 'enqueued before then', readTime)
    .option('-p, --property <name=value>', 'with this application property, or with any value of it', collect)
    .option('-t, --text <text>', 'with this text in the body')
    .option('--subject <subject>', 'with this subject')
    .option('--session <id>', 'of this session')
    .option('--message-id <id>', 'with this message id')
    .option('-n, --number <number>', 'with this sequence number', readNumber);
}
