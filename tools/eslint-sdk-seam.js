import path from 'node:path';

const TRANSPORT = 'packages/nestjs-service-bus/src/';
const DESK = 'packages/service-bus-desk/src/';
/** Underscored, and yet part of the SDK's typed interface. */
const PUBLIC = new Set(['_rawAmqpMessage']);
/** The seams to other packages, each with a check of what it relies on. */
const OTHER_seamS = [`${TRANSPORT}validation/metadata-storages.ts`];

const isPrivateName = (name) => typeof name === 'string' && /^_[A-Za-z]/.test(name) && !PUBLIC.has(name);

const nameOf = ({ key, property, computed }) => {
  const node = key ?? property;
  return computed ? node.value : node.name;
};

/**
 * Keeps what is private in @azure/service-bus and rhea in one room of the transport, and in one of the desk: elsewhere
 * nobody imports rhea or, in the transport, one of the room's inner files, and nobody reads a member that begins with an
 * underscore from anything but `this`.
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
    const isOurs = [TRANSPORT, DESK, 'src/'].some((room) => file.startsWith(room));
    const seam = `${file.startsWith(DESK) ? DESK : TRANSPORT}sdk/`;
    if (!isOurs || file.startsWith(seam) || OTHER_seamS.includes(file) || file.endsWith('.spec.ts'))
      return {};

    const checkImport = (node) => {
      const source = node.source?.value;
      if (typeof source !== 'string') return;
      if (/^rhea(?:-promise)?(?:\/|$)/.test(source)) {
        context.report({ node, messageId: 'rhea', data: { seam: seam, source } });
      }
      if (!source.startsWith('.') || file.startsWith(DESK)) return;
      const target = path.posix.join(path.posix.dirname(file), source);
      if (target.startsWith(seam) && target !== `${seam}index.js`) {
        context.report({ node, messageId: 'inner', data: { seam: seam } });
      }
    };
    const checkName = (node, name) => {
      if (isPrivateName(name)) context.report({ node, messageId: 'member', data: { name, seam: seam } });
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
