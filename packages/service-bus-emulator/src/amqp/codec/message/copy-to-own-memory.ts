const BLOCK_BYTES = 16_384;
const LARGEST_SHARED_BYTES = 4_096;

let block = Buffer.alloc(0);
let used = 0;

/**
 * A copy of a message's bytes that lasts: a message that waits must not keep alive the chunk or batch it came in, nor
 * a piece of the pool that every short-lived Buffer is cut from. Small ones share blocks only with one another.
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
