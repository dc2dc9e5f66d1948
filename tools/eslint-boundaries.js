import path from 'node:path';

/**
 * Keeps the house's boundaries: each room (a folder, or a file) lists what it may import,
 * other rooms of src/ by path prefix and packages by name prefix. The first room that fits a file counts.
 */
export const ROOMS = [
  { room: 'src/main.ts', may: ['src/', '*'] },
  { room: 'src/app.module.ts', may: ['src/', '@nestjs/'], mayNot: ['src/emulator/'] },
  { room: 'src/stop-on-signals.ts', may: ['@nestjs/common', 'node:'] },
  { room: 'src/environment.ts', may: ['node:', 'class-transformer', 'class-validator', 'reflect-metadata'] },
  {
    room: 'src/service-bus/',
    may: [
      'src/service-bus/',
      '@azure/',
      '@nestjs/',
      '@opentelemetry/api',
      'rxjs',
      'reflect-metadata',
      'node:',
    ],
  },
  { room: 'src/emulator/model/', may: ['src/emulator/model/'] },
  { room: 'src/emulator/amqp/', may: ['src/emulator/amqp/', 'src/emulator/model/', 'rhea', 'node:'] },
  {
    room: 'src/emulator/administration/',
    may: ['src/emulator/administration/', 'src/emulator/model/', 'fast-xml-parser', 'node:'],
  },
  { room: 'src/emulator/', may: ['src/emulator/', 'classic-level', 'node:'] },
  ...['feedback-form', 'counter', 'relay', 'health', 'http'].map((feature) => ({
    room: `src/${feature}/`,
    may: [`src/${feature}/`, 'src/service-bus/index.ts', '*'],
    mayNot: ['@azure/', 'rhea'],
  })),
];

const within = (prefixes, target) =>
  (prefixes ?? []).some((prefix) =>
    prefix === '*' ? !target.startsWith('src/') : target.startsWith(prefix),
  );

export const boundaries = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      breach: '{{room}} may not import {{target}} (see the table in tools/eslint-boundaries.js)',
      ownBarrel: 'never import your own barrel: name the file',
    },
  },
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join('/');
    const rule = ROOMS.find(({ room }) => file.startsWith(room));
    if (!rule || file.endsWith('.spec.ts')) return {};

    const check = (node) => {
      const source = node.source?.value;
      if (typeof source !== 'string') return;
      const target = source.startsWith('.')
        ? path.posix.join(path.posix.dirname(file), source).replace(/\.js$/, '.ts')
        : source;
      if (target === `${rule.room}index.ts` && file !== target)
        context.report({ node, messageId: 'ownBarrel' });
      if (!within(rule.may, target) || within(rule.mayNot, target)) {
        context.report({ node, messageId: 'breach', data: { room: rule.room, target } });
      }
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    };
  },
};
