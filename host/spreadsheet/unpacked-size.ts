const END = Buffer.from('PK\u0005\u0006');
const ENTRY = 0x02014b50;
const ENTRY_LENGTH = 46;

/** How many bytes a zip says that it has when it is unpacked, by the directory at its end. What is no zip has none. */
export function unpackedSize(zip: Uint8Array): number {
  const bytes = Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = bytes.lastIndexOf(END);
  if (end === -1 || end + 20 > bytes.length) return 0;
  let size = 0;
  for (let at = bytes.readUInt32LE(end + 16); at + ENTRY_LENGTH <= end && bytes.readUInt32LE(at) === ENTRY;) {
    size += bytes.readUInt32LE(at + 24);
    // After its fixed part: its name, what some programs add, and a comment.
    at += ENTRY_LENGTH + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return size;
}
