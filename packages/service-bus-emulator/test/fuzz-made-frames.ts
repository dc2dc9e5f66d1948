export const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** The hex of a list, its fields given in hex. */
export function list(...fields: string[]): string {
  const content = fields.join('').replaceAll(' ', '');
  return `c0 ${Buffer.of(content.length / 2 + 1, fields.length).toString('hex')} ${content}`;
}

/** A frame around the bytes of a body, with whatever header. */
export function frameOf(body: string, { size = -1, dataOffset = 2, type = 0 } = {}): Buffer {
  const content = bytesOf(body);
  const frame = Buffer.alloc(8 + content.length);
  frame.writeUInt32BE(size < 0 ? frame.length : size);
  frame[4] = dataOffset;
  frame[5] = type;
  content.copy(frame, 8);
  return frame;
}
