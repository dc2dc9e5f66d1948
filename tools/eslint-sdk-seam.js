import path from 'node:path';

const TRANSPORT = 'packages/nestjs-service-bus/src/';
const SEAM = `${TRANSPORT}sdk/`;
/** Underscored, and yet part of the SDK's typed interface. */
const PUBLIC = new Set(['_rawAmqpMessage']);
/** The seams to other packages, each with a check of what it relies on. */
const OTHER_SEAMS = [`${TRANSPORT}validation/metadata-storages.ts`];

const isPrivateName = (name) => typeof name === 'string' && /^_[A-Za-z]/.test(name) && !PUBLIC.has(name);

const nameOf = ({ key, property, computed }) => {
  const node = key ?? property;
  return computed ? node.value : node.name;
};

/**
 * Keeps what is private in @azure/service-bus and rhea in one room of the transport: elsewhere nobody imports rhea or
 * one of the room's inner files, and nobody reads a member that begins with an underscore from anything but `this`.
 */
export const sdkSeam = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      member: '{{name}} is private to another package: only {{seam}} may know it',
      rhea: 'only {{seam}} may import {{source}}',
      inner: 'import {{seam}}index.ts, not one of its inner files',
    },
  },
  create(context) {
    const file = path.relative(context.cwd, context.filename).split(path.sep).join('/');
    const isOurs = file.startsWith(TRANSPORT) || file.startsWith('src/');
    if (!isOurs || file.startsWith(SEAM) || OTHER_SEAMS.includes(file) || file.endsWith('.spec.ts'))
      return {};

    const checkImport = (node) => {
      const source = node.source?.value;
      if (typeof source !== 'string') return;
      if (/^rhea(?:-promise)?(?:\/|$)/.test(source)) {
        context.report({ node, messageId: 'rhea', data: { seam: SEAM, source } });
      }
      if (!source.startsWith('.')) return;
      const target = path.posix.join(path.posix.dirname(file), source);
      if (target.startsWith(SEAM) && target !== `${SEAM}index.js`) {
        context.report({ node, messageId: 'inner', data: { seam: SEAM } });
      }
    };
    const checkName = (node, name) => {
      if (isPrivateName(name)) context.report({ node, messageId: 'member', data: { name, seam: SEAM } });
    };
    return {
      ImportDeclaration: checkImport,
      ImportExpression: checkImport,
      ExportNamedDeclaration: checkImport,
      ExportAllDeclaration: checkImport,
      MemberExpression(node) {
        const { type } = node.object;
        if (type !== 'ThisExpression' && type !== 'Super') checkName(node, nameOf(node));
      },
      'ObjectPattern > Property'(node) {
        checkName(node, nameOf(node));
      },
    };
  },
};
