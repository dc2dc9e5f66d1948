const BLOCK_BYTES = 16_384;
const LARGEST_SHARED_BYTES = 4_096;

let block = Buffer.alloc(0);
let used = 0;

/**
 * Copies the bytes of a message that will be stored: it must not keep alive the chunk or batch that it arrived in, nor
 * a slice of Node's pool for short-lived Buffers. Small messages share blocks, but only with one another.
 */
export function copyToOwnMemory(bytes: Buffer): Buffer {
  const { length } = bytes;
  if (length > LARGEST_SHARED_BYTES) {
    const copy = Buffer.allocUnsafeSlow(length);
    bytes.copy(copy);
    return copy;
  }
  if (used + length > block.length) {
    block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    used = 0;
  }
  bytes.copy(block, used);
  used += length;
  return block.subarray(used - length, used);
}
