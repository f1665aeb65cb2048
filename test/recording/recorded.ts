import { decodeParts } from '../../common/recording/binary.ts';
import type { StudioApi } from '../../host/api/api.ts';
import type { Recording } from '../../host/api/recording.ts';
import { record } from '../../host/recording/record.ts';
import type { StoreConnection } from '../../host/store/store-connection.ts';
import { gunzipSync } from 'node:zlib';
import { recordedClient } from '../../renderer/client/recording/client.ts';
import { openRecording } from '../../renderer/client/recording/open.ts';

export interface Handed {
  readonly recording: Recording;
  /** What a page asks of the file. */
  readonly api: StudioApi;
  /** Everything that is in it, as text. */
  readonly text: string;
  readonly bytes: number;
}

/** A run as whoever is handed the file has it. */
export async function handedOver(store: StoreConnection, run: number, values = false): Promise<Handed> {
  const { parts } = record(store, { run, values, program: '0.0.0' });
  const encoded = parts.map(part => Buffer.from(part).toString('base64'));
  const recording = await openRecording(part => encoded[part]);
  const text = parts.map(part => JSON.stringify(decodeParts(new Uint8Array(gunzipSync(part))))).join('\n');
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  return { recording, api: recordedClient(recording, part => encoded[part]).api, text, bytes };
}
