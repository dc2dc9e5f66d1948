const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The lock token that a delivery's tag of 16 bytes is: a GUID, whose first three groups come little-endian. */
export function lockTokenOf(tag: Buffer): string {
  const hex = (index: number): string => HEX[tag[index]!]!;
  return (
    hex(3) + hex(2) + hex(1) + hex(0) + '-' + hex(5) + hex(4) + '-' + hex(7) + hex(6) + '-' +
    hex(8) + hex(9) + '-' + hex(10) + hex(11) + hex(12) + hex(13) + hex(14) + hex(15)
  );
}
