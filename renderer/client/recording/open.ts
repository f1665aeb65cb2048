import { decodeParts } from '../../../common/recording/binary.ts';
import { RECORDING_VERSION } from '../../../common/recording/html.ts';
import { PROTOCOL } from '../../../host/api/protocol.ts';
import type { Recording, RecordingPart } from '../../../host/api/recording.ts';

/** More than this is in no file that Cronflow has written: it would fill the memory of the page. */
const MOST_BYTES = 1_000_000_000;

/** The parts of an exported file, in base64. */
export type Parts = (part: number) => string | undefined;

class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

export async function openRecording(parts: Parts): Promise<Recording> {
  const recording = (await partOf(parts, 0)) as Recording;
  if (recording.version !== RECORDING_VERSION || recording.protocol !== PROTOCOL)
    throw new RecordingError(
      `This file was exported by Cronflow ${String(recording.program)}, which writes other files than this one does. Open it in a browser: the file shows itself.`,
    );
  return recording;
}

export async function openPart(parts: Parts, part: number): Promise<RecordingPart> {
  return (await partOf(parts, part)) as RecordingPart;
}

async function partOf(parts: Parts, part: number): Promise<unknown> {
  const text = parts(part);
  if (text === undefined) throw new RecordingError('This file has no run in it, or is not complete.');
  try {
    return decodeParts(await unzipped(bytesOf(text)));
  } catch (error) {
    throw new RecordingError(
      `This file is damaged: ${error instanceof Error ? error.message : String(error)} Ask for it again.`,
      { cause: error },
    );
  }
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

async function unzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    chunks.push(read.value);
    length += read.value.length;
    if (length > MOST_BYTES) throw new Error('It is larger than a file of Cronflow.');
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
